"""The pages on which rules are written: through their doors, in two languages, for those who may."""

import csv
import io
import re
from pathlib import Path
from typing import Any

import polib
import pytest
from django.test import Client

from geoserver_app.flow_rules import run_simulation
from geoserver_app.route.models import RuleSet, RuleSimulation
from tests.link.squared import at
from tests.route.city import TREES
from tests.rulebook.conftest import WEST, Office

pytestmark = pytest.mark.django_db
SPANISH = Path(__file__).resolve().parents[2] / "geoserver_app/rulebook/locale/es/LC_MESSAGES/django.po"


@pytest.fixture
def ada(office: Office, settings: Any) -> Client:
    """The administrator's browser."""
    settings.DEFAULT_JURISDICTION = "almendra"
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(office.city.hall.people["ada"])
    return client


def text(client: Client, path: str, **data: Any) -> str:
    answer = client.get(path, data)
    assert answer.status_code == 200, answer.content[:500]
    return answer.content.decode()


def filled(office: Office, /, **more: Any) -> dict[str, Any]:
    """The form of an exception about potholes in the west."""
    return {
        "code": "west", "position": 1, "sentence_en": "Potholes in the west go to Safety.",
        "sentence_es": "Los baches del oeste le tocan a Seguridad.", "services": ["pothole"], "areas": ["beat:1"],
        "desk": f"post:{office.city.posts['safety'].pk}", **more,
    }  # fmt: skip


def test_a_draft_is_copied_an_exception_written_moved_and_removed(ada: Client, office: Office) -> None:
    assert ada.post("/console/rules/1/copy/").headers["Location"] == "/console/rules/2/"
    assert ada.post("/console/rules/2/exceptions/new/", filled(office)).status_code == 303
    draft = RuleSet.objects.get(version=2)
    assert list(draft.rules.values_list("code", "position"))[:2] == [("west", 1), ("fallen", 2)]
    west = draft.rules.get(code="west")
    assert west.condition == {"services": ["pothole"], "areas": ["beat:1"]}
    assert (west.post, west.department) == (office.city.posts["safety"], office.city.posts["safety"].department)
    page = text(ada, "/console/rules/2/")
    assert "Potholes in the west go to Safety." in page
    assert "Nothing was found wrong" in page
    ada.post("/console/rules/2/exceptions/west/move/", {"by": "down"})
    assert draft.rules.get(code="west").position == 2
    ada.post("/console/rules/2/exceptions/west/remove/")
    assert list(draft.rules.values_list("position", flat=True)) == list(range(1, len(TREES) + 1))


def test_the_form_gives_back_what_was_written(ada: Client, office: Office) -> None:
    ada.post("/console/rules/1/copy/")
    whole = filled(
        office, services=["tree"], lies_on=["park", "water"], not_on=["rail"], evidence=["wires"], weekdays=["friday"],
        answers="where: yard, wires\ntrouble: dead", time_from="18:00", time_to="07:30", office="closed",
        priority="high", channels=["web"], copies=[f"post:{office.city.posts['parks'].pk}"], languages=["es"],
    )  # fmt: skip
    assert ada.post("/console/rules/2/exceptions/new/", whole).status_code == 303
    rule = RuleSet.objects.get(version=2).rules.get(code="west")
    before = (rule.condition, rule.sentences, rule.post_id, rule.priority)
    assert rule.condition["answers"] == {"where": ["yard", "wires"], "trouble": ["dead"]}
    assert rule.condition["time"] == {"from": "18:00", "to": "07:30"}
    page = ada.get("/console/rules/2/exceptions/west/")
    form = page.context["form"]
    again = {name: form[name].value() for name in form.fields}
    assert ada.post("/console/rules/2/exceptions/west/", {k: v for k, v in again.items() if v}).status_code == 303
    rule.refresh_from_db()
    assert (rule.condition, rule.sentences, rule.post_id, rule.priority) == before


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"services": [], "areas": []}, "match every request"),
        ({"desk": ""}, "Decides nothing"),
        ({"answers": "where: yard"}, "asks a list question"),
        ({"sentence_es": ""}, "This field is required"),
        ({"time_from": "10:00"}, "must be a stretch of the day"),
        ({"code": "wires"}, "has this name"),
    ],
)
def test_what_cannot_be_used_is_not_written(ada: Client, office: Office, wrong: dict[str, Any], said: str) -> None:
    ada.post("/console/rules/1/copy/")
    answer = ada.post("/console/rules/2/exceptions/new/", filled(office, **wrong))
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert not RuleSet.objects.get(version=2).rules.filter(code="west").exists()


def test_a_row_of_the_table_is_written_by_area(ada: Client, office: Office) -> None:
    ada.post("/console/rules/1/copy/")
    posts, beat = office.city.posts, office.city.squared.area("beat:1")
    given = {"desk": posts["code"].pk, "priority": "high", f"area_{beat}": posts["parks"].pk}
    assert ada.post("/console/rules/2/table/weeds/", given).status_code == 303
    rows = RuleSet.objects.get(version=2).defaults.filter(service=office.city.services["weeds"])
    assert set(rows.values_list("area", "post", "priority")) == {
        (None, posts["code"].pk, "high"), (beat, posts["parks"].pk, "high"),
    }  # fmt: skip


def test_what_was_in_force_is_only_looked_at(ada: Client, office: Office) -> None:
    before = RuleSet.objects.get(version=1).rules.count()
    paths = ("exceptions/new/", "exceptions/wires/", "table/weeds/")
    assert {ada.get(f"/console/rules/1/{path}").status_code for path in paths} == {409}
    assert ada.post("/console/rules/1/exceptions/wires/remove/").status_code == 409
    assert ada.post("/console/rules/1/throw-away/").status_code == 409
    assert RuleSet.objects.get(version=1).rules.count() == before


def test_a_place_is_tried_with_the_draft_and_without(ada: Client, office: Office) -> None:
    office.draft(*TREES, WEST)
    lon, lat = at(100, 700)
    page = ada.get("/console/rules/2/try/", {"service": "pothole", "lon": lon, "lat": lat})
    assert page.context["differs"]
    told = re.sub(r"<[^>]+>", " ", page.content.decode())
    assert "Somebody else would get it" in told
    assert "Streets, Desk" in told
    assert "Safety, Desk" in told
    lon, lat = at(700, 700)
    assert not ada.get("/console/rules/2/try/", {"service": "pothole", "lon": lon, "lat": lat}).context["differs"]
    assert ada.get("/console/rules/2/try/", {"service": "pothole", "lon": "x", "lat": "1"}).status_code == 422


def test_the_past_is_tried_watched_drawn_and_taken_away(ada: Client, office: Office) -> None:
    number = office.report().service_request_id
    office.draft(*TREES, WEST)
    path = "/console/rules/2/simulation/"
    assert ada.post(path, {"days": "3650"}).status_code == 303
    assert ada.get(f"{path}state.json").json()["running"]
    run_simulation(RuleSimulation.objects.get().pk)
    page = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text(ada, path)))
    assert "1 would have gone to another desk" in page
    assert "Safety: Desk 0 1 +1" in page
    features = ada.get(f"{path}map.json").json()["features"]
    assert [(one["geometry"]["type"], one["properties"].get("count")) for one in features] == [
        ("Polygon", 1), ("Point", None),
    ]  # fmt: skip
    assert "<circle" in text(ada, f"{path}map.svg")
    (row,) = csv.DictReader(io.StringIO(text(ada, f"{path}requests.csv")))
    assert (row["service_request_id"], row["desk_before"]) == (number, "Streets: Desk")


def test_a_version_is_put_in_force_and_taken_back(ada: Client, office: Office) -> None:
    office.draft(*TREES, WEST)
    assert "Say that you have looked" in ada.post("/console/rules/2/activate/", follow=True).content.decode()
    assert office.active().version == 1
    ada.post("/console/rules/2/activate/", {"sure": "1", "again": "1"})
    assert office.active().version == 2
    assert "Go back to version 1" in text(ada, "/console/rules/1/back/")
    ada.post("/console/rules/1/back/", {"again": "1"})
    assert (office.active().version, office.active().note) == (3, "As version 1.")
    assert re.findall(r">Version (\d)</a>", text(ada, "/console/rules/")) == ["3", "2", "1"]


def test_what_holds_a_version_up_stands_with_it(ada: Client, office: Office) -> None:
    office.draft(WEST, {**WEST, "code": "again", "then": {"post": "parks/desk"}})
    page = text(ada, "/console/rules/2/")
    assert "1 fault holds it up" in page
    assert "It says otherwise than rule 1 (west)" in page
    assert "Correct what holds it up first." in page
    assert "held up" in ada.post("/console/rules/2/activate/", {"sure": "1"}, follow=True).content.decode()


def test_the_pages_speak_spanish(ada: Client, office: Office) -> None:
    office.draft(*TREES, WEST)
    for path in ("", "2/", "2/exceptions/new/", "2/try/", "2/compare/", "2/coverage/", "2/simulation/", "1/back/"):
        page = text(ada, f"/console/rules/{path}", lang="es")
        assert "Reglas" in page
        assert not {"Write an exception", "Try the past", "Who owns what", "Work it out"} & set(re.split(r"[<>]", page))


def test_every_text_is_translated_and_compiled() -> None:
    catalogue = polib.pofile(str(SPANISH))
    assert [entry.msgid for entry in catalogue if not entry.translated() or "fuzzy" in entry.flags] == []
    assert SPANISH.with_suffix(".mo").read_bytes() == catalogue.to_binary()


def test_the_safe_desk_and_the_triage_desk_of_a_draft_are_chosen(ada: Client, office: Office) -> None:
    ada.post("/console/rules/1/copy/")
    safety, waste = office.city.posts["safety"], office.city.posts["waste"]
    page = text(ada, "/console/rules/2/")
    assert "/console/rules/2/fallbacks/" in page
    assert "Safe desk" in text(ada, "/console/rules/2/fallbacks/")
    answer = ada.post("/console/rules/2/fallbacks/", {"safe": safety.pk, "triage": waste.pk})
    assert answer.headers["Location"] == "/console/rules/2/"
    draft = RuleSet.objects.get(version=2)
    assert (draft.safe_post, draft.triage_post) == (safety, waste)
    assert "Safe desk and triage desk" in text(ada, "/console/rules/2/compare/")


@pytest.mark.parametrize("given", [{}, {"safe": "0", "triage": "0"}, {"safe": "x", "triage": ""}])
def test_a_desk_that_is_none_is_not_written(ada: Client, office: Office, given: dict[str, str]) -> None:
    ada.post("/console/rules/1/copy/")
    before = RuleSet.objects.get(version=2)
    assert ada.post("/console/rules/2/fallbacks/", given).status_code == (400 if given else 200)
    assert RuleSet.objects.get(version=2).safe_post == before.safe_post


def test_the_desks_of_a_version_in_force_never_change(ada: Client, office: Office) -> None:
    before = office.active()
    answer = ada.post(
        "/console/rules/1/fallbacks/", {"safe": office.city.posts["waste"].pk, "triage": before.triage_post_id}
    )
    assert answer.status_code == 409 and office.active().safe_post == before.safe_post


def test_what_holds_a_version_up_is_told_in_spanish(ada: Client, office: Office) -> None:
    draft = office.draft(WEST)
    draft.rules.update(condition={"services": ["no-such"], "time": "late"}, sentences={"en": "Only English."})
    draft.defaults.filter(service__code="pothole").delete()
    page = text(ada, f"/console/rules/{draft.version}/?lang=es")
    for said in (
        "Las reglas no se pueden usar. Corrija esto:",
        "regla «west»: no existe el servicio «no-such»",
        "regla «west»: «time» debe ser un tramo del día",
        "regla «west»: falta su frase en «es»",
        "el servicio «pothole» no tiene fila en la tabla",
    ):
        assert said in page
