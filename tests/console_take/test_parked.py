"""Half-entered forms: several at once, none lost by a reload, all gone with the log-in."""

from typing import Any

from django.contrib.sessions.models import Session
from django.test import Client

from geoserver_app.console.take import drafts
from tests.console_take.conftest import DRAFT, POTHOLE, form, logged_in
from tests.life import Town

NEW = "/console/new/"


def look(client: Client, draft: str = DRAFT, **values: Any) -> str:
    return client.post(f"{NEW}look/", form(**{"draft": draft, **values})).content.decode()


def parked(client: Client) -> int:
    return client.get(NEW).content.decode().count("?draft=")


def test_a_form_is_there_after_a_reload(agent: Client) -> None:
    look(agent, **POTHOLE, name="Maria", description="Deep hole")
    page = agent.get(f"{NEW}?draft={DRAFT}").content.decode()
    for value in ("Pothole", "4512 W Olive Ave", "Maria", "Deep hole", "-119.7200000"):
        assert value in page


def test_several_are_parked_with_service_and_caller(agent: Client) -> None:
    look(agent, "a" * 16, **POTHOLE, name="Maria")
    look(agent, "b" * 16, say="barking", phone="5595550163")
    page = agent.get(NEW).content.decode()
    for value in ("Pothole", "Maria, 0 minutes", "barking", "5595550163, 0 minutes"):
        assert value in page


def test_parking_gives_a_blank_form(agent: Client) -> None:
    page = agent.post(NEW, form(do="park", **POTHOLE, name="Maria"), follow=True).content.decode()
    assert f'name="draft" value="{DRAFT}"' not in page and "Maria, 0 minutes" in page


def test_a_blank_form_is_not_parked(agent: Client) -> None:
    look(agent)
    assert parked(agent) == 0


def test_what_was_sent_is_parked_no_more_even_by_a_late_save(agent: Client) -> None:
    look(agent, **POTHOLE)
    agent.post(NEW, form(do="send", **POTHOLE))
    look(agent, **POTHOLE)
    assert parked(agent) == 0


def test_one_is_thrown_away(agent: Client) -> None:
    look(agent, **POTHOLE)
    agent.post(NEW, form(do="drop", **POTHOLE))
    assert parked(agent) == 0


def test_of_too_many_the_oldest_goes(agent: Client) -> None:
    for number in range(drafts.MOST + 3):
        look(agent, f"{number:016x}", say=f"call {number}")
    page = agent.get(NEW).content.decode()
    assert parked(agent) == drafts.MOST
    assert "call 14" in page and "call 2<" not in page


def test_forms_of_one_person_are_not_anothers(agent: Client, almendra: Town) -> None:
    look(agent, **POTHOLE, name="Maria")
    other = logged_in(almendra, "dispatcher")
    assert parked(other) == 0
    assert "Maria" not in other.get(f"{NEW}?draft={DRAFT}").content.decode()


def test_logging_out_forgets_them(agent: Client) -> None:
    look(agent, **POTHOLE, name="Maria")
    agent.logout()
    assert not any("Maria" in str(row.get_decoded()) for row in Session.objects.all())


def test_saving_one_keeps_what_another_window_saved_meanwhile(agent: Client) -> None:
    look(agent, "a" * 16, say="first")
    look(agent, "b" * 16, say="second")
    look(agent, "a" * 16, say="first, more")
    page = agent.get(NEW).content.decode()
    assert "first, more" in page and "second" in page
