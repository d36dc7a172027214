"""A catalog is loaded whole or not at all; what is gone is retired; every fault is named with its place."""

import io
import re
from collections.abc import Callable
from pathlib import Path

import polib
import pytest
import yaml
from django.core.management import call_command
from django.db.models import ProtectedError

from geoserver_app.catalog.form import questions
from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.org.models import Department
from geoserver_app.published.sensitive import LaidOpen
from layers.errors import BadFile
from tests.city import bare_jurisdiction
from tests.sensitive.counted import as_if_published

pytestmark = pytest.mark.django_db

OFFICE = {
    "telephone": "(559) 555-0131",
    "languages": ["en", "es"],
    "hours": [{"days": ["monday", "thursday"], "opens": "7:00", "closes": "18:00"}],
}
DEPARTMENTS = {
    "departments": [
        {
            "code": "works",
            "name": {"en": "Works", "es": "Obras"},
            "posts": [{"code": "liaison", "name": {"en": "L", "es": "E"}}],
        }
    ]
}
FAQS = {"faqs": [{"code": "free", "question": {"en": "Q?", "es": "¿P?"}, "answer": {"en": "A.", "es": "R."}}]}


def service(code: str = "pothole", **more: object) -> dict[str, object]:
    words = {"en": code.title(), "es": f"{code} en español"}
    return {
        "code": code, "group": "streets", "name": words, "description": words,
        "keywords": {"en": ["hole"], "es": ["bache"]}, "department": "works", **more,
    }  # fmt: skip


def ask(code: str = "size", **more: object) -> dict[str, object]:
    values = [{"key": "small", "en": "Small", "es": "Chico"}, {"key": "big", "en": "Big", "es": "Grande"}]
    return {
        "code": code, "datatype": "singlevaluelist", "question": {"en": "How big?", "es": "¿Qué tan grande?"},
        "values": values, **more,
    }  # fmt: skip


A, B = {"key": "a", "en": "A", "es": "A"}, {"key": "b", "en": "B", "es": "B"}
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, db: None) -> Write:
    """Writes a small catalog into a folder and returns it."""
    bare_jurisdiction()

    def files(*services: dict[str, object], **others: object) -> Path:
        groups = [{"code": "streets", "name": {"en": "Streets", "es": "Calles"}}]
        told = {
            "office": OFFICE,
            "departments": DEPARTMENTS,
            "faqs": FAQS,
            "resolutions": {"resolutions": []},
            **others,
        }
        told["services"] = {"groups": groups, "services": list(services)}
        for name, content in told.items():
            (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        return tmp_path

    return files


def load(folder: Path, *options: str) -> str:
    printed = io.StringIO()
    call_command("load_catalog", str(folder), *options, stdout=printed)
    return printed.getvalue()


def test_a_dry_run_prints_the_counts_and_writes_nothing(write: Write) -> None:
    folder = write(service())
    dry, done = load(folder), load(folder, "--commit")
    assert "services: 1 new, 0 changed, 0 as before, 0 retired" in dry
    assert "Nothing was written" in dry
    assert dry.splitlines()[:-1] == done.splitlines()[:-1]
    assert Service.objects.count() == 1


def test_what_the_sensitive_table_counts_stays_sensitive(write: Write) -> None:
    folder = write(service(sensitive=True, privacy="hidden"))
    load(folder, "--commit")
    as_if_published(Service.objects.get().jurisdiction, "pothole")
    load(folder, "--commit")
    with pytest.raises(LaidOpen, match="pothole: published quarters"):
        load(write_again(folder, service()), "--commit")
    assert Service.objects.get().sensitive


def write_again(folder: Path, *services: dict[str, object]) -> Path:
    """The folder with other services."""
    told = yaml.safe_load((folder / "services.yaml").read_text(encoding="utf-8"))
    told["services"] = list(services)
    (folder / "services.yaml").write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return folder


def test_the_same_files_again_change_nothing(write: Write) -> None:
    folder = write(service(questions=[ask()]))
    load(folder, "--commit")
    again = load(folder, "--commit")
    assert " 1 new" not in again
    assert "services: 0 new, 0 changed, 1 as before, 0 retired" in again


def test_a_service_that_is_gone_is_retired_and_comes_back_with_its_code(write: Write) -> None:
    load(write(service(), service("sidewalk")), "--commit")
    pk = Service.objects.get(code="sidewalk").pk
    assert "1 retired" in load(write(service()), "--commit")
    assert Service.objects.get(code="sidewalk").retired_on is not None
    load(write(service(), service("sidewalk")), "--commit")
    assert Service.objects.get(code="sidewalk").pk == pk
    assert Service.objects.get(code="sidewalk").retired_on is None


def test_a_retired_service_names_its_successor(write: Write) -> None:
    import datetime

    old = service("hole", retired_on=datetime.date(2026, 1, 1), successor="pothole")
    load(write(service(), old), "--commit")
    assert Service.objects.get(code="hole").successor == Service.objects.get(code="pothole")


def test_a_question_and_an_answer_that_are_gone_keep_their_words(write: Write) -> None:
    load(write(service(questions=[ask(), ask("depth")])), "--commit")
    fewer = [{"key": "small", "en": "Small", "es": "Chico"}, {"key": "huge", "en": "Huge", "es": "Enorme"}]
    load(write(service(questions=[ask(values=fewer)])), "--commit")
    size = ServiceAttribute.objects.get(code="size")
    assert [(value["key"], value.get("retired", False)) for value in size.values] == [
        ("small", False), ("huge", False), ("big", True),
    ]  # fmt: skip
    assert ServiceAttribute.objects.get(code="depth").retired_on is not None
    assert [one.code for one in questions(Service.objects.with_form().get(), "en")] == ["size"]


def test_a_department_that_is_gone_is_kept_inactive(write: Write) -> None:
    load(write(service()), "--commit")
    other = {"departments": [{**DEPARTMENTS["departments"][0], "code": "streets"}]}
    load(write(service(department="streets"), departments=other), "--commit")
    assert {d.code: d.active for d in Department.objects.all()} == {"works": False, "streets": True}


FAULTS = {
    "a group that is not there": (service(group="sky"), "its group is not in services.yaml; there are: streets"),
    "a department that is not there": (service(department="moon"), "department 'moon' is not in departments.yaml"),
    "a language that is missing": (service(name={"en": "Hole"}), "'name' is missing in 'es'"),
    "a language nobody speaks here": (
        service(name={"en": "Hole", "es": "Bache", "fr": "Trou"}), "told in 'fr', which this city does not speak"
    ),
    "no keywords": (service(keywords={"en": [], "es": ["bache"]}), "there are none in 'en'"),
    "an unknown policy": (service(privacy="secret"), "'privacy' is 'secret', but must be one of: exact"),
    "a misspelled entry": (service(priorty="high"), "'priorty' is not known here"),
    "a target without unit": (service(due="5"), "'due' must be a number and one of"),
    "an asset without kind": (service(location="asset"), "say of which kind"),
    "a sensitive place shown": (service(sensitive=True, privacy="exact"), "privacy area_only or hidden"),
    "a sensitive text shown": (
        service(sensitive=True, privacy="hidden", text_publication="at_once"), "are never published"
    ),
    "a code with blanks": (service("pot hole"), "'code': Enter a valid"),
    "an unknown datatype": (service(questions=[ask(datatype="color")]), "'datatype' is 'color'"),
    "a list without values": (service(questions=[ask(values=[])]), "a list needs at least two values"),
    "a value without Spanish": (
        service(questions=[ask(values=[{"key": "a", "en": "A"}, {"key": "b", "en": "B", "es": "B"}])]),
        "value 'a' is missing in 'es'",
    ),
    "evidence of nothing": (
        service(questions=[ask(values=[{**A, "means": "mine"}, B])]),
        "means is 'mine'",
    ),
    "a stopper without number": (
        service(questions=[ask(values=[{**A, "stopper": {"en": "Call.", "es": "Llame."}}, B])]),
        "the stopper of 'a' needs a telephone number",
    ),
    "a condition on a later question": (
        service(questions=[ask(shown_if={"attribute": "later", "in": ["small"]}), ask("later")]),
        "'later', which is not asked before it",
    ),
    "a condition on an answer there is not": (
        service(questions=[ask("first"), ask(shown_if={"attribute": "first", "in": ["blue"]})]),
        "names the answer 'blue', which 'first' does not have",
    ),
    "a successor that is not there": (
        service(successor="nothing"), "its successor 'nothing' is not in the files"
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", FAULTS)
def test_fault_is_named_with_its_place_and_nothing_is_written(write: Write, what: str) -> None:
    faulty, words = FAULTS[what]
    with pytest.raises(BadFile) as refused:
        load(write(faulty), "--commit")
    assert words in str(refused.value)
    assert f"service '{faulty['code']}'" in str(refused.value)
    assert not Service.objects.exists()


def test_faults_of_several_services_are_told_at_once(write: Write) -> None:
    with pytest.raises(BadFile) as refused:
        load(write(service(group="sky"), service("sidewalk", privacy="secret")))
    assert "service 'pothole'" in str(refused.value)
    assert "service 'sidewalk'" in str(refused.value)


def test_a_service_told_twice_is_refused(write: Write) -> None:
    with pytest.raises(BadFile, match="stands twice"):
        load(write(service(), service()))


def test_a_missing_file_and_bad_yaml_are_told(write: Write) -> None:
    folder = write(service())
    (folder / "faqs.yaml").write_text("faqs: [", encoding="utf-8")
    with pytest.raises(BadFile, match=r"faqs.yaml cannot be read as YAML"):
        load(folder)
    (folder / "faqs.yaml").unlink()
    with pytest.raises(BadFile, match=r"There is no file faqs.yaml"):
        load(folder)


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        ({"days": ["funday"], "opens": "7:00", "closes": "18:00"}, "'funday' is no weekday"),
        ({"days": ["monday"], "opens": "seven", "closes": "18:00"}, "must be a time in quotes"),
        ({"days": ["monday"], "opens": "18:00", "closes": "7:00"}, "a stretch ends on the same day"),
    ],
)
def test_impossible_hours_are_refused(write: Write, hours: dict[str, object], words: str) -> None:
    with pytest.raises(BadFile, match=words):
        load(write(service(), office={**OFFICE, "hours": [hours]}))


def test_services_are_never_deleted(write: Write) -> None:
    load(write(service()), "--commit")
    with pytest.raises(ProtectedError, match="retired"):
        Service.objects.get().delete()
    with pytest.raises(ProtectedError):
        Service.objects.all().delete()


@pytest.mark.parametrize("values", [["small", "big"], "small", [1, 2], [None, None], [{"key": ["a"]}, {"key": {}}]])
def test_values_of_any_shape_are_refused_with_words(write: Write, values: object) -> None:
    with pytest.raises(BadFile, match="question 'size'"):
        load(write(service(questions=[ask(values=values)])))


@pytest.mark.parametrize(
    "condition",
    ["size", {"attribute": "first"}, {"attribute": "first", "in": "small"}, {"attribute": [], "in": [[]]}, 5],
)
def test_conditions_of_any_shape_are_refused_with_words(write: Write, condition: object) -> None:
    with pytest.raises(BadFile, match="shown_if must be"):
        load(write(service(questions=[ask("first"), ask(shown_if=condition)])))


def test_the_examples_of_the_documentation_load(write: Write) -> None:
    page = Path(__file__).resolve().parents[2] / "docs/office/services.md"
    blocks = re.findall(r"```yaml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    told, questions_told = yaml.safe_load(blocks[0]), yaml.safe_load(blocks[1])
    example = {**told["services"][0], "department": "works", **questions_told}
    assert "services: 1 new" in load(write(example), "--commit")
    assert ServiceAttribute.objects.count() == 2


@pytest.mark.parametrize("package", ["accounts", "catalog"])
def test_compiled_translations_are_those_of_the_source(package: str) -> None:
    folder = Path(__file__).resolve().parents[2] / "geoserver_app" / package / "locale/es/LC_MESSAGES"
    source, compiled = polib.pofile(str(folder / "django.po")), polib.mofile(str(folder / "django.mo"))
    assert all(entry.msgstr for entry in source)
    assert {entry.msgid: entry.msgstr for entry in source} == {entry.msgid: entry.msgstr for entry in compiled}
