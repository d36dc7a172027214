"""An export reads on several connections at once: what they write is what one writes."""

from pathlib import Path

import pytest
from django.db import transaction
from psycopg.errors import UndefinedColumn

from geoserver_app.past import leaving
from tests.past.conftest import brought, drawn, row, table
from tests.past.test_leaving import content, leave


@pytest.mark.django_db(transaction=True)
def test_several_connections_write_what_one_writes_and_an_error_in_any_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    city = drawn(tmp_path)
    brought(city, table(tmp_path / "old.csv", row("A-1"), row("A-2", Status="Open", Closed="")))
    several = content(leave(city, tmp_path / "several"))
    with transaction.atomic():
        assert content(leave(city, tmp_path / "one")) == several
    monkeypatch.setattr(leaving, "_order", lambda table: "no_such_column" if table.name == "layers_kind" else "1")
    with pytest.raises(UndefinedColumn, match="no_such_column"):
        leave(city, tmp_path / "broken")
    assert not (tmp_path / "broken" / "manifest.json").exists()
