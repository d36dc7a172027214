"""The jurisdictions that benchmarks measure on, loaded once into the benchmark's own database and kept."""

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "cambridge"


def loaded() -> Any:
    """The invented city, whole."""
    from django.db import connection

    from fixtures.city.build import DEFAULT_SEED, build_city
    from fixtures.city.tables import tables
    from fixtures.city.write import write_tables
    from geoserver_app.commands import demo_city
    from layers.models import Jurisdiction

    if not demo_city.is_complete():
        print("setting up: the invented city", flush=True)
        with tempfile.TemporaryDirectory() as folder:
            write_tables(tables(build_city(DEFAULT_SEED)), Path(folder))
            demo_city.load_city(Path(folder), date.today(), lambda step: None)  # noqa: DTZ011  any day will do
        with connection.cursor() as cursor:
            cursor.execute("analyze")
    return Jurisdiction.objects.get(code=demo_city.ALMENDRA.code)


def cambridge() -> Any:
    """Cambridge, its outline only: what is imported into it is measured and taken back."""
    from layers.jurisdictions import OutlineFile, add_jurisdiction
    from layers.models import Jurisdiction

    found = Jurisdiction.objects.filter(code="cambridge").first()
    if found:
        return found
    return add_jurisdiction(
        "cambridge",
        name="City of Cambridge",
        time_zone="America/New_York",
        outline=OutlineFile(REAL / "cambridge_layers_original.zip", layer="BOUNDARY_CityBoundary"),
    )
