"""check_edition and diff_edition, as they are typed."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from geoserver_app.commands.management.commands import check_edition
from layers.activation import activate
from layers.errors import Conflict, NotFound
from layers.models import Edition, QualityReport
from tests.gis.conftest import Drafted, squares

OVERLAPPING = {"b1": (0, 0, 6, 10), "b2": (5, 0, 10, 10)}
CLEAN = {"b1": (0, 0, 5, 10), "b2": (5, 0, 10, 10)}


def said(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out)
    return out.getvalue()


def test_check_edition_prints_and_keeps_the_report(draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    text = said("check_edition", edition.pk)
    assert "0 faults, 1 warning" in text
    assert "b1 and b2 share 10.01 ha (20.00 % of the smaller)." in text
    assert "Of the jurisdiction covered: 100.00 %" in text
    assert "SQL:" not in text
    assert QualityReport.objects.get(edition=edition).state == "done"
    assert "SQL: with layer as" in said("check_edition", edition.pk, "--sql")


def test_as_json_it_has_everything(draft: Drafted) -> None:
    edition = draft("beat", squares(**OVERLAPPING))
    document = json.loads(said("check_edition", edition.pk, "--json"))
    assert document["severities"] == {"error": 0, "warning": 1, "note": 0}
    (one,) = document["findings"]
    assert (one["class"], one["codes"]) == ("overlap", ["b1", "b2"])
    assert document["classes"]["overlap"]["sql"].startswith("with layer as")


@pytest.mark.parametrize(("drawn", "status"), [(OVERLAPPING, 1), (CLEAN, None)])
def test_strict_ends_with_one_where_something_is_wrong(
    draft: Drafted, drawn: dict[str, tuple[float, float, float, float]], status: int | None
) -> None:
    edition = draft("beat", squares(**drawn))
    if status is None:
        said("check_edition", edition.pk, "--strict")
    else:
        with pytest.raises(SystemExit) as ended:
            said("check_edition", edition.pk, "--strict")
        assert ended.value.code == status
    said("check_edition", edition.pk)


def test_a_terminal_sees_how_far_it_is(
    draft: Drafted, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    edition = draft("beat", squares(**CLEAN))
    monkeypatch.setattr(check_edition, "is_terminal", lambda: True)
    said("check_edition", edition.pk)
    assert {"reading", "outlines", "siblings"} <= {word.strip() for word in capsys.readouterr().err.split(":")} | {
        step for step in ("reading", "outlines", "siblings")
        if step in QualityReport.objects.get(edition=edition).seconds
    }  # fmt: skip


def test_diff_edition_says_the_change_and_keeps_nothing(draft: Drafted) -> None:
    activate(draft("beat", squares(**CLEAN)).pk, commit=True)
    second = draft("beat", squares(b1=(0, 0, 4, 10), b3=(4, 0, 10, 10)))
    text = said("diff_edition", second.pk)
    assert "b1: gains 0.00 m², loses 10.01 ha" in text
    assert "Added: 1" in text
    assert "b2 → b3: 100.0 %" in text
    assert not QualityReport.objects.exists()
    assert "Unchanged: 2" in said("diff_edition", Edition.objects.earliest("pk").pk, "--against", second.pk - 1)


def test_there_must_be_something_to_compare_with(draft: Drafted) -> None:
    edition = draft("beat", squares(**CLEAN))
    with pytest.raises(Conflict, match="the first of beat"):
        said("diff_edition", edition.pk)
    park = draft("park", squares(p=(0, 0, 1, 1)))
    with pytest.raises(Conflict, match="is of kind park, not beat"):
        said("check_edition", edition.pk, "--against", park.pk)
    with pytest.raises(NotFound, match="There is no edition 4711"):
        said("check_edition", 4711)
