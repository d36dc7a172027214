"""What the database itself refuses, whoever asks."""

from pathlib import Path

import pytest
from django.db import IntegrityError, connection, models, transaction
from psycopg.types.range import DateRange

from layers.activation import activate
from layers.models import (
    Area,
    AreaBorder,
    AreaPiece,
    AreaShape,
    Centerline,
    CenterlineShape,
    Edition,
    EditionChange,
    Jurisdiction,
    Kind,
    ParcelShape,
)
from tests import factories
from tests.layers.conftest import Loader
from tests.layers.town import feature, square
from tests.layers.town import write as write_geojson


@pytest.fixture
def beats(tmp_path: Path, load_file: Loader) -> Edition:
    squares = [feature(square(n, 0, n + 1, 1), code=str(n)) for n in range(2)]
    result = load_file(write_geojson(tmp_path / "beats.geojson", squares))
    activate(result.edition, commit=True)
    return Edition.objects.get(pk=result.edition)


def assert_refused(statement: str, *values: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize(
    "change",
    [
        "geom = ST_Multi(ST_MakeEnvelope(-119.7, 36, -119.6, 36.1, 4326))",
        "name = 'Another'",
        "attributes = '{\"population\": 5}'",
        "content_hash = '\\x00'",
        "kind_id = kind_id + 1",
        "area_id = area_id + 1",
    ],
)
def test_a_shape_never_changes(beats: Edition, change: str) -> None:
    assert_refused(f"update layers_areashape set {change}")


def test_which_editions_a_shape_stands_in_may_change(beats: Edition) -> None:
    assert AreaShape.objects.update(in_force=False) == 2


def test_pieces_and_borders_never_change(beats: Edition) -> None:
    assert_refused("update layers_areapiece set geom = ST_Translate(geom, 1, 0)")
    assert_refused("update layers_areaborder set line = ST_Translate(line, 1, 0)")


def test_an_identity_keeps_its_code_but_not_its_priority(beats: Edition) -> None:
    assert_refused("update layers_area set code = 'X' where code = '0'")
    assert Area.objects.filter(code="0").update(priority=5, slug="first") == 1


def test_a_parcel_and_a_street_never_change(almendra: Jurisdiction) -> None:
    factories.parcel(factories.kind(almendra, "parcel", "parcel"), "1", factories.box(-119.72, 36, -119.71, 36.01))
    streets = factories.kind(almendra, "centerline", "centerline", "line")
    from django.contrib.gis.geos import LineString

    factories.street(streets, "1", LineString((-119.72, 36), (-119.71, 36), srid=4326), "Olive Ave")
    assert (ParcelShape.objects.count(), CenterlineShape.objects.count()) == (1, 1)
    assert_refused("update layers_parcelshape set situs_address = '1 Olive St'")
    assert_refused("update layers_centerlineshape set road_class = 'alley'")


def test_copies_agree_with_what_they_are_copied_from(beats: Edition, almendra: Jurisdiction) -> None:
    other = factories.jurisdiction("other")
    wards = factories.kind(almendra, "ward")
    shape = AreaShape.objects.first()
    assert shape is not None
    with pytest.raises(IntegrityError, match="layers_areashape contradicts"), transaction.atomic():
        factories.area(wards, "9", shape.geom)
        AreaShape.objects.create(area=shape.area, kind=wards, geom=shape.geom, name="", editions=shape.editions,
                                 content_hash=b"x" * 16)  # fmt: skip
    with pytest.raises(IntegrityError, match="layers_area contradicts"), transaction.atomic():
        Area.objects.create(kind=beats.kind, jurisdiction=other, code="9", slug="9")
    with pytest.raises(IntegrityError, match="layers_areapiece contradicts"), transaction.atomic():
        AreaPiece.objects.create(shape=shape, area=shape.area, kind=wards, geom=shape.geom[0])
    with pytest.raises(IntegrityError, match="layers_areaborder contradicts"), transaction.atomic():
        AreaBorder.objects.create(shape=shape, kind=wards, line="SRID=0;LINESTRING(0 0, 1 1)")


def test_an_invalid_outline_is_refused(beats: Edition) -> None:
    bow_tie = "ST_GeomFromText('MULTIPOLYGON(((0 0, 1 1, 1 0, 0 1, 0 0)))', 4326)"
    assert_refused(
        "insert into layers_areashape (area_id, kind_id, editions, in_force, content_hash, attributes, name, geom)"
        f" select id, kind_id, '{{}}', false, '\\x00', '{{}}', '', {bow_tie} from layers_area limit 1"
    )


def test_days_of_one_kind_never_overlap(beats: Edition) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Edition.objects.create(
            kind=beats.kind, seq=2, source="x", source_sha256="0" * 64, source_crs="EPSG:4326",
            loaded_at=factories.LOADED_AT, state=Edition.State.ACTIVE, in_force=DateRange(None, None),
        )  # fmt: skip


def test_a_kind_with_features_stays(beats: Edition) -> None:
    with pytest.raises(models.ProtectedError):
        Kind.objects.all().delete()
    EditionChange.objects.all().delete()
    Edition.objects.all().delete()
    assert_refused("delete from layers_kind; set constraints all immediate")


@pytest.mark.parametrize("table", ["layers_area", "layers_areashape", "layers_edition", "layers_kind"])
def test_nothing_is_deleted_that_others_belong_to(beats: Edition, table: str) -> None:
    EditionChange.objects.all().delete()
    if table == "layers_kind":
        Edition.objects.all().delete()
    assert_refused(f"delete from {table}; set constraints all immediate")


def test_what_belongs_together_is_deleted_together_in_any_order(beats: Edition) -> None:
    EditionChange.objects.all().delete()
    tables = ["kind", "edition", "stagedfeature", "area", "areashape", "areapiece", "areaborder"]
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"delete from layers_{table}")
        cursor.execute("set constraints all immediate")
    assert not Area.objects.exists()


def test_the_guards_cover_every_table_of_shapes() -> None:
    from django.apps import apps

    from layers import guards
    from layers.models.feature import Feature, Shape

    tables = {m._meta.db_table for m in apps.get_app_config("layers").get_models() if issubclass(m, (Feature, Shape))}
    assert all(f"{table}_frozen" in guards.CREATE and f"{table}_agrees" in guards.CREATE for table in tables)
    assert Centerline._meta.db_table in tables


@pytest.mark.django_db
def test_the_guards_can_be_taken_down_and_put_up_again() -> None:
    from layers import guards

    def standing() -> set[tuple[str, ...]]:
        cursor.execute("select tgrelid::regclass::text, tgname from pg_trigger where not tgisinternal")
        return set(cursor.fetchall())

    with connection.cursor() as cursor:
        before = standing()
        cursor.execute(guards.DROP)
        assert not any(table.startswith("layers_") and name.endswith("_frozen") for table, name in standing())
        cursor.execute(guards.CREATE)
        assert standing() == before
