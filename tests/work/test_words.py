"""Refusals are sentences that the doors show as they are: each stands in the Spanish catalogue."""

import ast
from pathlib import Path

import polib
import pytest
from django.utils import translation

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.errors import NotAllowed, WrongState
from geoserver_app.work.states import State, check_step

ROOT = Path(__file__).resolve().parents[2] / "geoserver_app"
SPOKEN = [
    *sorted((ROOT / "work").glob("*.py")), *sorted(ROOT.glob("flow*.py")), *sorted(ROOT.glob("handling*.py")),
    ROOT / "intake" / "private_store.py", ROOT / "notify" / "links.py", ROOT / "notify" / "outbox.py",
]  # fmt: skip


def _said(path: Path) -> set[str]:
    """The texts that a module hands to gettext."""
    calls = (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    named = (call for call in calls if isinstance(call.func, ast.Name) and call.func.id == "_" and call.args)
    return {call.args[0].value for call in named if isinstance(call.args[0], ast.Constant)}


def test_every_refusal_is_told_in_spanish() -> None:
    written = {entry.msgid for entry in polib.pofile(str(ROOT / "locale" / "es" / "LC_MESSAGES" / "django.po"))}
    said = set().union(*(_said(path) for path in SPOKEN))
    assert len(said) > 40
    assert said - written == set()
    assert {state.label for state in ServiceRequest.State} - written == set()


def test_a_step_that_does_not_follow_is_refused_in_the_language_of_the_page() -> None:
    with translation.override("es"), pytest.raises(WrongState) as refused:
        check_step(State.DONE, State.ACCEPTED, REPORTER)
    assert str(refused.value).startswith("Un reporte en estado “Trabajo hecho” no puede pasar a “Aceptado”")
    with pytest.raises(NotAllowed) as refused_too:
        check_step(State.TRIAGE, State.ASSIGNED, REPORTER)
    assert str(refused_too.value) == "You may not change a request from “In triage” to “Assigned”."
