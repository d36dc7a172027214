"""What a new edition changes: codes, names, borders, successions, and what changes hands."""

from collections.abc import Collection, Iterator
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry, Point
from psycopg import sql

from geoserver_app.accounts.models import Assignment, User
from layers import holders
from layers.activation import activate
from layers.bulk import rows_of
from layers.models import Area, Edition, Jurisdiction, Kind, QualityReport, Succession
from layers.quality import hands, report
from tests import factories
from tests.gis.conftest import Drafted, squares
from tests.layers import town

OLD = {"b1": (0, 0, 5, 5), "b2": (5, 0, 10, 5), "b3": (0, 5, 5, 10), "b4": (5, 5, 10, 10)}
UNIT_M2 = 90.1 * 111.3


def redrawn(draft: Drafted, old: dict[str, Any], new: dict[str, Any], kind: str = "beat") -> QualityReport:
    """Puts one drawing in force and reports on another one."""
    activate(draft(kind, squares(**old)).pk, commit=True)
    return report.run(draft(kind, squares(**new)))


def changes(made: QualityReport, what: str) -> list[Any]:
    return list(made.changes.filter(what=what).order_by("rank"))


def handed(made: QualityReport, holder: str) -> list[tuple[list[str], list[str], int]]:
    rows = made.handovers.filter(holder=holder).order_by("rank")
    return [(one.old_codes, one.new_codes, one.count) for one in rows]


def test_a_moved_border_is_told_in_square_metres_on_either_side(draft: Drafted) -> None:
    made = redrawn(draft, OLD, OLD | {"b1": (0, 0, 4, 5), "b2": (4, 0, 10, 5)})
    moved = {one.code: one for one in changes(made, "moved")}
    assert moved.keys() == {"b1", "b2"}
    assert moved["b1"].lost_m2 == pytest.approx(5 * UNIT_M2, rel=0.01)
    assert moved["b2"].gained_m2 == pytest.approx(moved["b1"].lost_m2, abs=0.5)
    assert made.change["counts"] == {"unchanged": 2, "moved": 2}
    drawn, lost = shapely.from_wkb(bytes(moved["b1"].geom.wkb)), town.square(4, 0, 5, 5)
    assert shapely.symmetric_difference(drawn, lost).area < 0.001 * lost.area


def test_the_same_ground_under_another_code_is_renumbered(draft: Drafted) -> None:
    made = redrawn(draft, OLD, {"b1": OLD["b1"], "b2": OLD["b2"], "b3": OLD["b3"], "n4": (5.05, 5, 10, 10)})
    (one,) = changes(made, "renumbered")
    assert (one.old_code, one.code) == ("b4", "n4")
    assert not changes(made, "added")
    (went,) = Succession.objects.filter(edition=made.edition)
    assert (went.old.code, went.new.code, went.confirmed) == ("b4", "n4", False)
    assert went.share == pytest.approx(0.99, abs=0.01)


def test_renumbered_parcels_are_told_by_their_ground(draft: Drafted) -> None:
    made = redrawn(draft, {"p1": (1, 1, 2, 2), "p2": (2, 1, 3, 2)}, {"p1": (1, 1, 2, 2), "q2": (2, 1, 3, 2)}, "parcel")
    assert [(one.old_code, one.code) for one in changes(made, "renumbered")] == [("p2", "q2")]


def test_a_split_area_goes_over_into_its_parts_by_share(draft: Drafted) -> None:
    new = {code: box for code, box in OLD.items() if code != "b4"}
    made = redrawn(draft, OLD, new | {"b41": (5, 5, 9, 10), "b42": (9, 5, 10, 10)})
    assert [one.old_code for one in changes(made, "gone")] == ["b4"]
    went = {one.new.code: one.share for one in Succession.objects.filter(edition=made.edition)}
    assert went == {"b41": pytest.approx(0.8, abs=0.01), "b42": pytest.approx(0.2, abs=0.01)}


def test_what_somebody_confirmed_stays_when_the_report_is_made_again(draft: Drafted) -> None:
    new = {code: box for code, box in OLD.items() if code != "b4"} | {"b3": (0, 5, 10, 10)}
    made = redrawn(draft, OLD, new)
    Succession.objects.filter(edition=made.edition).update(confirmed=True, share=0.5)
    report.run(report.edition_of(made.edition_id))
    (one,) = Succession.objects.filter(edition=made.edition)
    assert (one.new.code, one.share, one.confirmed) == ("b3", 0.5, True)


def test_another_name_and_other_values_are_told_apart(draft: Drafted) -> None:
    def drawn(name: str, people: int) -> list[dict[str, Any]]:
        return [town.feature(town.square(0, 0, 10, 10), code="n1", name=name, pop=people)]

    crosswalk = "code: code\nname: name\nattributes: {population: pop}\n"
    activate(draft("neighborhood", drawn("Mill", 10), crosswalk=crosswalk).pk, commit=True)
    made = report.run(draft("neighborhood", drawn("Mill End", 10), crosswalk=crosswalk))
    (one,) = changes(made, "renamed")
    assert (one.old_name, one.name) == ("Mill", "Mill End")
    made = report.run(draft("neighborhood", drawn("Mill", 11), crosswalk=crosswalk))
    assert made.change["counts"] == {"unchanged": 0, "attributes": 1}


def test_a_point_that_moved_is_told_in_metres(draft: Drafted) -> None:
    def lamps(x: float) -> list[dict[str, Any]]:
        return [town.feature(shapely.Point(town.at(x, 1)), code="L1")]

    activate(draft("asset:street_light", lamps(1)).pk, commit=True)
    (one,) = changes(report.run(draft("asset:street_light", lamps(1.1))), "moved")
    assert one.moved_m == pytest.approx(9.0, abs=0.1)


def test_the_first_edition_changes_nothing(draft: Drafted) -> None:
    made = report.run(draft("beat", squares(**OLD)))
    assert (made.against, made.change, made.changes.count()) == (None, {}, 0)


def test_an_edition_is_compared_with_the_one_on_its_first_day(draft: Drafted) -> None:
    first = draft("beat", squares(**OLD))
    activate(first.pk, commit=True)
    second = draft("beat", squares(**OLD | {"b1": (0, 0, 4, 5)}))
    assert report.predecessor(second) == first
    activate(second.pk, commit=True)
    assert report.predecessor(report.edition_of(second.pk)) == first
    assert report.predecessor(report.edition_of(first.pk)) is None


MOVED = OLD | {"b1": (0, 0, 4, 5), "b2": (4, 0, 10, 5)}


def test_addresses_streets_and_requests_on_moved_ground_change_hands(draft: Drafted, almendra: Jurisdiction) -> None:
    points = factories.kind(almendra, "address_point", "address_point", "point")
    for number, (x, y) in {10: (4.5, 1), 12: (4.5, 2), 14: (4.5, 8), 16: (1, 1)}.items():
        factories.address(points, number, Point(*town.at(x, y), srid=4326))
    streets = factories.kind(almendra, "centerline", "centerline", "line")
    for code, (west, east) in {"across": (3.5, 5.5), "beside": (1, 3)}.items():
        line = f"LINESTRING({' '.join(map(str, town.at(west, 2)))}, {' '.join(map(str, town.at(east, 2)))})"
        factories.street(streets, code, GEOSGeometry(line, srid=4326), "Ash St")
    made = redrawn(draft, OLD, MOVED)
    assert handed(made, "addresses") == [(["b1"], ["b2"], 2)]
    assert handed(made, "streets") == [(["b1"], ["b2"], 1)]
    (group,) = made.handovers.filter(holder="addresses")
    assert [one["title"] for one in group.examples] == ["10 Main St", "12 Main St"]


def test_ground_that_no_area_has_any_more_goes_to_none(draft: Drafted, almendra: Jurisdiction) -> None:
    points = factories.kind(almendra, "address_point", "address_point", "point")
    factories.address(points, 1, Point(*town.at(9, 9), srid=4326))
    made = redrawn(draft, OLD, OLD | {"b4": (5, 5, 8, 10)})
    assert handed(made, "addresses") == [(["b4"], [], 1)]


def test_a_scope_whose_beat_is_gone_holds_the_edition_up(draft: Drafted, almendra: Jurisdiction) -> None:
    user = User.objects.create_user("dan", first_name="Dan", last_name="Invented")
    Assignment.objects.create(
        user=user, jurisdiction=almendra, role="deputy", area_kind="beat", area_codes=["b3", "b4"]
    )
    made = redrawn(draft, OLD, {code: box for code, box in OLD.items() if code != "b4"} | {"b2": (5, 0, 10, 10)})
    (gone,) = made.handovers.filter(holder="scopes")
    assert (gone.old_codes, gone.new_codes, gone.holds_up) == (["b4"], ["b2"], True)
    assert gone.examples[0]["title"] == "Dan Invented"
    edition = report.edition_of(made.edition_id)
    assert [held.title for held in hands.unanswered(edition)["scopes"]] == ["Dan Invented"]
    Succession.objects.filter(edition=edition).update(confirmed=True)
    assert hands.unanswered(edition) == {}
    assert not report.run(edition).handovers.filter(holds_up=True).exists()


@pytest.fixture
def watchers() -> Iterator[dict[int, str]]:
    """A package above that registers what names areas."""
    kept: dict[int, str] = {}

    def of(kind: Kind, area_ids: Collection[int]) -> list[holders.Held]:
        return [holders.Held(pk, pk, title) for pk, title in kept.items() if pk in area_ids]

    holders.register_holder("watchers", of)
    yield kept
    holders._HOLDERS.pop("watchers")


def test_whatever_registers_as_a_holder_is_asked(draft: Drafted, watchers: dict[int, str]) -> None:
    activate(draft("beat", squares(**OLD)).pk, commit=True)
    watchers[Area.objects.get(code="b1").pk] = "Watch of b1"
    watchers[Area.objects.get(code="b3").pk] = "Watch of b3"
    made = report.run(draft("beat", squares(**MOVED)))
    (one,) = made.handovers.filter(holder="watchers")
    assert (one.old_codes, one.holds_up, one.examples[0]["title"]) == (["b1"], False, "Watch of b1")


def test_reports_are_kept_and_what_failed_says_why(draft: Drafted, monkeypatch: pytest.MonkeyPatch) -> None:
    edition: Edition = draft("beat", squares(**OLD))
    first = report.run(edition)
    assert report.run(edition).pk != first.pk
    monkeypatch.setattr(report.siblings, "look", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        report.run(edition)
    last = QualityReport.objects.filter(edition=edition).order_by("-pk")[0]
    assert (last.state, last.problem) == ("failed", "division by zero")
    assert QualityReport.objects.filter(edition=edition, state="done").count() == 2


def test_every_statement_that_a_report_shows_runs_and_shows_the_findings(draft: Drafted) -> None:
    """PostGIS computes again what the report says: the same pairs, the same square metres."""
    features = squares(a=(0, 0, 4, 10), b=(3, 0, 6, 6), c=(8, 0, 10, 10), out=(20, 0, 21, 1), thin=(0, 11, 0.001, 14))
    made = report.run(draft("beat", features))
    shown = {code: rows_of(sql.SQL(entry["sql"])) for code, entry in made.classes.items() if entry["sql"]}
    assert {"overlap", "gap_at_limit", "outside", "sliver"} <= shown.keys()
    (pair,) = shown["overlap"]
    one = made.findings.get(found="overlap")
    assert {pair[0], pair[1]} == set(one.codes)
    assert pair[2] == pytest.approx(one.area_m2, abs=0.1)
    largest = made.findings.filter(found="gap_at_limit").order_by("rank")[0]
    assert shown["gap_at_limit"][0][0] == pytest.approx(largest.area_m2, abs=0.5)
    assert shown["sliver"][0][0] == "thin"
