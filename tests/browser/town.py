"""Encinar, a town of a few streets for the browser: every kind of thing that the map's page shows, once or twice.

Made in the process beside the server (tests/browser/beside.py), in the database that the server reads. One unit of the
paper is 0.001 degree from lon -119.72, lat 36.00.
"""

from datetime import date, time
from pathlib import Path
from typing import Any

from tests.browser import services

SIDE = 20  # of the town, in units
STREETS = ("Almond Street", "Birch Street", "Cedar Street", "Date Street", "Elm Street", "Fig Street")
AVENUES = ("First Avenue", "Second Avenue", "Third Avenue", "Fourth Avenue", "Fifth Avenue", "Sixth Avenue")
SINCE = date(2024, 11, 22)


def act(folder: str) -> str:
    """Writes the town's files into a folder and loads them."""
    town = jurisdiction()
    areas(town, Path(folder))
    land(town)
    services.fill(town)
    from geoserver_app.geocode.fill import fill_jurisdiction
    from layers.models import Jurisdiction

    fill_jurisdiction(town)
    # The tables were filled by hand: what is kept in memory by epoch must know.
    Jurisdiction.objects.filter(pk=town.pk).update(epoch=100)
    return "done"


def jurisdiction() -> Any:
    from geoserver_app.org.models import CityHall, OfficeHours
    from tests import factories
    from tests.layers.town import at

    west, south = at(0, 0)
    east, north = at(SIDE, SIDE)
    town = factories.jurisdiction(
        "encinar", factories.box(west, south, east, north), name="City of Encinar", names={"es": "Ciudad de Encinar"}
    )
    hall = CityHall.objects.create(jurisdiction=town, telephone="(559) 555-0142", languages=["en", "es"])
    for day in range(4):
        OfficeHours.objects.create(city_hall=hall, weekday=day, opens=time(7), closes=time(18))
    return town


def areas(town: Any, folder: Path) -> None:
    """The areas, through the importer: it cuts them into the pieces that look-ups need."""
    from tests.layers.town import feature, line, load, square

    load(folder, town, "neighborhood", [
        feature(square(0, 0, 10, SIDE), code="W", name="Las Palmas"),
        feature(square(10, 0, SIDE, SIDE), code="E", name="Vista Hermosa"),
    ])  # fmt: skip
    load(folder, town, "beat", [
        # 11 and 12 leave a gap of 3 units between them.
        feature(square(0, 0, SIDE, 8), code="11", name="Beat 11"),
        feature(square(0, 11, SIDE, SIDE), code="12", name="Beat 12"),
    ], since=SINCE, policy={"gap_m": 50})  # fmt: skip
    load(folder, town, "council_district", [feature(square(0, 0, SIDE, SIDE), code="1", name="District 1")])
    load(folder, town, "park", [feature(square(2.2, 2.2, 3.8, 3.8), code="P1", name="Parque Sol")])
    load(folder, town, "easement", [feature(line((0, 5), (SIDE, 5)), code="E-1", name="Tres Robles Power")])
    load(folder, town, "water", [feature(square(0, 14.2, SIDE, 14.6), code="C", name="Arroyo Seco")])
    neighbor(folder, town)


def neighbor(folder: Path, town: Any) -> None:
    """The city next door, with its telephone (an attribute, so a crosswalk says where it stands in the file)."""
    from layers import activation, loading
    from tests.layers.town import feature, square, write

    said = {"code": "nogal", "name": "City of Nogal", "telephone": "(559) 555-0143", "contact": "Nogal 311"}
    file = write(folder / "municipality.geojson", [feature(square(SIDE, 0, 30, SIDE), **said)])
    crosswalk = folder / "municipality.yaml"
    crosswalk.write_text("code: code\nname: name\nattributes:\n  telephone: telephone\n  contact: contact\n")
    options = loading.LoadOptions(crosswalk=crosswalk)
    loaded = loading.load(town, file, kind="municipality", options=options, commit=True)
    assert loaded.edition is not None
    activation.activate(loaded.edition, commit=True)


def land(town: Any) -> None:
    """Streets with ranges, parcels with addresses, buildings, a landmark."""
    from django.contrib.gis.geos import LineString

    from tests import factories
    from tests.layers.town import at

    lines = factories.kind(town, "centerline", "centerline", "line", **called("Street centerlines", "Ejes de calles"))
    for number, (street, avenue) in enumerate(zip(STREETS, AVENUES, strict=True)):
        y = number * 4
        drawn = LineString(at(0, y), at(SIDE, y), srid=4326)
        ranges = {"from_address_left": 101, "to_address_left": 199, "from_address_right": 100, "to_address_right": 198}
        parts = {"street_name": street.split()[0].upper(), "post_type": "ST"}
        factories.street(lines, f"S{number}", drawn, street, road_class="arterial" if number == 2 else "local",
                         **ranges, **parts)  # fmt: skip
        across = LineString(at(y, 0), at(y, SIDE), srid=4326)
        factories.street(lines, f"A{number}", across, avenue, street_name=avenue.split()[0].upper(), post_type="AVE")
    parcels = factories.kind(town, "parcel", "parcel", **called("Parcels", "Parcelas"))
    houses = factories.kind(town, "building", **called("Buildings", "Edificios"))
    addresses = factories.kind(
        town, "address_point", "address_point", "point", **called("Address points", "Direcciones")
    )
    for column in range(4):
        for row in range(3):
            _lot(parcels, houses, addresses, 4.2 + column * 0.6, 0.3 + row * 1.1, 100 + 10 * column + row)
    marks = factories.kind(town, "landmark", "landmark", "any", **called("Landmarks", "Lugares conocidos"))
    school = factories.box(*at(8.5, 8.5), *at(11, 11))
    factories.landmark(marks, "L1", school, name="Encinar School", category="school")


def called(name: str, spanish: str) -> dict[str, Any]:
    return {"name": name, "names": {"es": spanish}}


def _lot(parcels: Any, houses: Any, addresses: Any, x: float, y: float, number: int) -> None:
    from django.contrib.gis.geos import Point

    from tests import factories
    from tests.layers.town import at

    lot = factories.box(*at(x, y), *at(x + 0.6, y + 1.1))
    words = {"situs_address": f"{number} ALMOND STREET", "land_use": "Single Family", "owner_class": "private"}
    factories.parcel(parcels, f"421-{number}", lot, **words)
    factories.area(houses, f"B{number}", factories.box(*at(x + 0.1, y + 0.2), *at(x + 0.45, y + 0.7)), name="")
    factories.address(addresses, number, Point(*at(x + 0.3, y + 0.5), srid=4326))
