"""A town drawn on squared paper, in metres east and north of a corner: one can sketch where a request lies.

y=1000 +--------------------------------+   beats 1 | 2 meet at x=500 (until 2025: at x=300) and end at y=900
       |  gap of the beats              |   council C1 to x=520, C2 from x=480: both claim the strip between
y=900  +---------------+----------------+   neighborhoods N1 to x=600, N2 from x=550
       |    beat 1     |     beat 2     |   Main St: right-of-way y=490..510, centerline y=500, blocks of 500 m
       |  park | lots  |                |   Highway: right-of-way x=690..710 south of Main St, the state's
y=500  =======Main St===================    park x=100..200, lots of 20 m from x=200 to 300, y=510..550
       |            :  |      #Highway  |   (x=240..260 is a condominium), easement of 6 m along y=547
       |     school :  |      #         |   school x=100..200, y=390..490; pond x=800..900, y=700..800
y=0    +---------------+------#---------+   east of x=1000 lies Encina Verde
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pyproj
from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Point, Polygon
from django.db import connection
from psycopg.types.range import DateRange

from layers import ground
from layers.models import Area, Asset, Centerline, Edition, Jurisdiction, Kind, Parcel
from tests import factories

_INTO_DEGREES = pyproj.Transformer.from_crs(factories.METRIC_SRID, 4326, always_xy=True)
_EAST, _NORTH = pyproj.Transformer.from_crs(4326, factories.METRIC_SRID, always_xy=True).transform(-119.72, 36.0)
REDRAWN = date(2025, 1, 1)
TODAY = date(2026, 11, 16)


def at(x: float, y: float) -> tuple[float, float]:
    """Longitude and latitude of a place on the paper."""
    lon, lat = _INTO_DEGREES.transform(_EAST + x, _NORTH + y)
    return lon, lat


def square(west: float, south: float, east: float, north: float) -> Polygon:
    """A rectangle on the paper, in degrees."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return Polygon([at(x, y) for x, y in corners], srid=4326)


def line(*places: tuple[float, float]) -> LineString:
    """A line on the paper, in degrees."""
    return LineString([at(x, y) for x, y in places], srid=4326)


@dataclass
class Squared:
    """The town; ``area("beat:1")``, ``parcel("210")`` and so on are ids."""

    jurisdiction: Jurisdiction
    kinds: dict[str, Kind] = field(default_factory=dict)

    def area(self, name: str) -> int:
        kind, _, code = name.partition(":")
        return Area.objects.get(kind=self.kinds[kind], code=code).pk

    def areas(self, *names: str) -> tuple[int, ...]:
        return tuple(sorted(self.area(name) for name in names))

    def names(self, ids: Any) -> set[str]:
        rows = Area.objects.filter(pk__in=list(ids)).select_related("kind")
        return {f"{row.kind.code}:{row.code}" for row in rows}

    def parcel(self, number: str) -> int:
        return Parcel.objects.get(jurisdiction=self.jurisdiction, parcel_number=number).pk

    def segment(self, code: str) -> int:
        return Centerline.objects.get(jurisdiction=self.jurisdiction, segment_id=code).pk

    def asset(self, code: str) -> int:
        return Asset.objects.get(jurisdiction=self.jurisdiction, asset_id=code).pk


def town(*, right_of_way: bool = True, place: Jurisdiction | None = None, code: str = "almendra") -> Squared:
    """Draws the town; without polygons of the right-of-way its streets are what no parcel covers."""
    made = Squared(place or factories.jurisdiction(code, outline=square(0, 0, 1000, 1000)))
    if place is not None:
        Jurisdiction.objects.filter(pk=place.pk).update(outline=MultiPolygon(square(0, 0, 1000, 1000), srid=4326))
    _districts(made)
    _streets(made, right_of_way)
    _ground(made)
    _parcels(made)
    _assets(made)
    _in_force(made)
    return made


def _kind(made: Squared, code: str, feature_class: str = "area", **fields: Any) -> Kind:
    geometry = fields.pop("geometry", "polygon")
    made.kinds[code] = factories.kind(made.jurisdiction, code, feature_class, geometry, **fields)
    return made.kinds[code]


def _areas(made: Squared, code: str, shapes: dict[str, GEOSGeometry], **fields: Any) -> None:
    attributes = fields.pop("attributes", {})
    kind = _kind(made, code, **fields)
    for name, geom in shapes.items():
        factories.area(kind, name, geom, attributes=attributes.get(name, {}))


def _districts(made: Squared) -> None:
    contact = {"telephone": "(559) 555-0170", "contact": "Public Works", "population": 8000}
    _areas(made, "municipality", {"own": square(0, 0, 1000, 1000), "encina": square(1000, 0, 1500, 1000)},
           attributes={"encina": contact})  # fmt: skip
    _areas(made, "beat", {"1": square(0, 0, 300, 900), "2": square(300, 0, 1000, 900)}, gap_m=50)
    _areas(made, "neighborhood", {"N1": square(0, 0, 600, 1000), "N2": square(550, 0, 1000, 1000)}, overlap="all")
    _areas(made, "council_district", {"C2": square(480, 0, 1000, 1000), "C1": square(0, 0, 520, 1000)})


def redraw_beats(made: Squared) -> None:
    """The beats as they are since 2025: the border moves from x=300 to x=500."""
    kind = made.kinds["beat"]
    _flags(kind, in_force=False)
    Edition.objects.filter(kind=kind).update(in_force=DateRange(None, REDRAWN), is_current=False)
    Edition.objects.create(
        kind=kind, seq=2, source="drawn by hand", source_sha256="1" * 64, source_crs="EPSG:4326",
        loaded_at=factories.LOADED_AT, activated_at=factories.LOADED_AT, is_current=True, state="active",
        in_force=DateRange(REDRAWN, None),
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("update layers_areashape set editions = '{[1,2)}' where kind_id = %s", [kind.pk])
    for code, geom in (("1", square(0, 0, 500, 900)), ("2", square(500, 0, 1000, 900))):
        factories.area(kind, code, geom)
    ground.lay(kind, 2)
    with connection.cursor() as cursor:
        for table in ("layers_areapiece", "layers_areaborder"):
            cursor.execute(
                f"update {table} p set in_force = true from layers_areashape s"
                " where s.id = p.shape_id and s.kind_id = %s and s.editions @> 2",
                [kind.pk],
            )


def _streets(made: Squared, right_of_way: bool) -> None:
    if right_of_way:
        corridors = {"main": square(0, 490, 1000, 510), "highway": square(690, 0, 710, 490)}
        owners = {"main": {"owner": "city"}, "highway": {"owner": "state"}}
        _areas(made, "right_of_way", corridors, overlap="all", attributes=owners)
    kind = _kind(made, "centerline", "centerline", geometry="line")
    for code, places, name, first, attributes in (
        ("m1", ((0, 500), (500, 500)), "Main St", 100, {"owner": "city"}),
        ("m2", ((500, 500), (1000, 500)), "Main St", 200, {"owner": "city"}),
        ("hw", ((700, 0), (700, 490)), "Highway 1", 0, {"owner": "State of California"}),
    ):
        numbers = {"from_address_left": first + 1, "to_address_left": first + 97} if first else {}
        factories.street(kind, code, line(*places), name, street_name=name.upper(), attributes=attributes, **numbers)


def _ground(made: Squared) -> None:
    _areas(made, "park", {"PK": square(100, 510, 200, 610)}, overlap="all")
    _areas(made, "easement", {"E1": line((200, 547), (300, 547))}, overlap="all", geometry="line", width_m=6)
    _areas(made, "water", {"pond": square(800, 700, 900, 800)}, overlap="all")


def _parcels(made: Squared) -> None:
    kind = _kind(made, "parcel", "parcel")
    for x in range(200, 300, 20):
        use = "Vacant" if x == 280 else "Single Family"
        factories.parcel(kind, str(x + 10), square(x, 510, x + 20, 550), situs_address=f"1{x} Main St",
                         owner_class="private", land_use=use)  # fmt: skip
    factories.parcel(kind, "250-2", square(240, 510, 260, 550), owner_class="private", land_use="Condominium")
    factories.parcel(kind, "park", square(100, 510, 200, 610), owner_class="city", land_use="Park")
    factories.parcel(kind, "school", square(100, 390, 200, 490), owner_class="school district", land_use="School")


def _assets(made: Squared) -> None:
    trees = _kind(made, "asset:tree", "asset", geometry="any")
    lights = _kind(made, "asset:street_light", "asset", geometry="any")
    for kind, code, place, owner in (
        (trees, "T-city", (230, 509), "city"),
        (trees, "T-park", (150, 600), "city"),
        (trees, "T-private", (230, 511), "private"),
        (lights, "L-utility", (400, 509), "utility"),
    ):
        factories.asset(kind, code, Point(at(*place), srid=4326), owner_class=owner)


def _in_force(made: Squared) -> None:
    for kind in made.kinds.values():
        if kind.feature_class == Kind.FeatureClass.AREA:
            ground.lay(kind, 1)
            _flags(kind, in_force=True)


def _flags(kind: Kind, *, in_force: bool) -> None:
    with connection.cursor() as cursor:
        for table in ("layers_areapiece", "layers_areaborder", "layers_areashape"):
            cursor.execute(f"update {table} set in_force = %s where kind_id = %s", [in_force, kind.pk])
