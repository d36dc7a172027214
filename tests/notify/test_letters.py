"""The letters, word by word: in both languages, safe, complete, readable without pictures."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest

from geoserver_app.notify import for_residents, for_staff, phrases
from geoserver_app.notify.case import Case, case_of
from geoserver_app.notify.letter import Letter, render
from geoserver_app.notify.phrases import texts
from tests.life import MONDAY, Town, local

LANGUAGES = ["en", "es"]
MARIA = {"email": "maria@example.com", "tell_by": "email", "name": "María"}


def case(town: Town, at: Any = MONDAY, **given: Any) -> Case:
    columns = {"department": town.works, "post": town.works_post, "state": "assigned", "reporter": MARIA, **given}
    request = town.request(at=at, **columns)
    areas = (("Beat", "3"), ("Neighborhood", "Olive Grove"))
    return case_of(request, calendar=town.calendar, at=at, areas=areas)


def leaves(tree: Any, path: str = "") -> dict[str, Any]:
    if not isinstance(tree, dict):
        return {path: tree}
    return {key: value for name, part in tree.items() for key, value in leaves(part, f"{path}.{name}").items()}


@pytest.mark.parametrize("language", [one for one in phrases.languages() if one != "en"])
def test_every_language_has_the_same_sentences_with_the_same_values(language: str) -> None:
    english, other = leaves(texts("en")), leaves(texts(language))
    assert english.keys() == other.keys()
    braces = re.compile(r"\{\w+\}")
    for key, words in english.items():
        if isinstance(words, str):
            assert sorted(braces.findall(words)) == sorted(braces.findall(other[key])), key
        else:
            assert len(words) == len(other[key]), key


def test_the_receipt_tells_number_code_and_that_city_hall_is_closed_on_fridays(almendra: Town) -> None:
    told = case(almendra, at=local("2026-11-20 19:30"), expected_datetime=local("2026-11-30 18:00"))
    text = render(for_residents.receipt(told, "en")).text
    assert "City Hall is closed on Fridays. Somebody looks at your report on Monday, November 23, at 7:00 a.m." in text
    assert f"Number: {told.number}\nCode: ACDEFH\nService: Pothole\nPlace: 4512 W Olive Ave\n" in text
    assert "We expect to have it done by Monday, November 30, at 6:00 p.m.\n" in text
    assert "Danger to life? Call 911." in text and "(559) 555-0131" in text


def test_the_receipt_in_spanish(almendra: Town) -> None:
    told = case(almendra, at=local("2026-11-20 19:30"), language="es")
    text = render(for_residents.receipt(told, "es")).text
    assert (
        "El Ayuntamiento cierra los viernes. Alguien verá su reporte el lunes 23 de noviembre a las 7:00 a.m." in text
    )
    assert "Servicio: Bache" in text and "Ciudad de Almendra" in text


@pytest.mark.parametrize(
    ("at", "english", "spanish"),
    [
        ("2026-11-16 09:00", "City Hall is open.", "El Ayuntamiento está abierto."),
        ("2026-11-16 06:00", "closed at this hour. Somebody looks at your report today at 7:00 a.m.", "hoy a las 7:00"),
        ("2026-11-16 19:00", "tomorrow at 7:00 a.m.", "mañana a las 7:00 a.m."),
        ("2026-11-26 10:00", "closed today (Thanksgiving).", "cerrado hoy (Día de Acción de Gracias)."),
        ("2026-12-26 10:00", "closed on Saturdays.", "cierra los sábados."),
    ],
)  # fmt: skip
def test_when_somebody_looks_follows_the_offices_calendar(almendra: Town, at: str, english: str, spanish: str) -> None:
    told = case(almendra, at=local(at))
    assert english in render(for_residents.receipt(told, "en")).text
    assert spanish in render(for_residents.receipt(told, "es")).text


def test_one_oclock_is_singular_in_spanish(almendra: Town) -> None:
    told = case(almendra, expected_datetime=local("2026-11-18 13:00"))
    assert "para el miércoles 18 de noviembre a la 1:00 p.m." in render(for_residents.receipt(told, "es")).text


def test_another_year_is_named(almendra: Town) -> None:
    told = case(almendra, expected_datetime=local("2027-01-04 18:00"))
    assert "Monday, January 4, 2027, at 6:00 p.m." in render(for_residents.receipt(told, "en")).text


def test_the_desk_reads_summary_place_priority_and_why_it_came(almendra: Town) -> None:
    told = case(almendra, priority="urgent", description="A hole as deep as a bucket.")
    why = {"en": "Potholes of beat 3 go to Public Works.", "es": "Los baches..."}
    letter = for_staff.new(told, "en", "Public Works liaison", why)
    words = render(letter)
    assert words.subject == f"URGENT: New request {told.number}: Pothole, 4512 W Olive Ave"
    for line in (
        "*** URGENT ***",
        "Place: 4512 W Olive Ave",
        "Area: Beat 3, Olive Grove",
        "Priority: Urgent",
        "Why it came to you: Potholes of beat 3 go to Public Works.",
        "A hole as deep as a bucket.",
    ):
        assert line in words.text
    assert letter.picture == "Map of the place: 4512 W Olive Ave"


def all_letters(told: Case, language: str) -> list[Letter]:
    why = {"en": "A rule.", "es": "Una regla."}
    residents = [
        for_residents.receipt, for_residents.stage, for_residents.note, for_residents.closed, for_residents.reopened,
    ]  # fmt: skip
    return [
        *(write(told, language) for write in residents),
        for_staff.new(told, language, "Desk", why),
        for_staff.copy(told, language, "Desk", why),
        for_staff.handed_on(told, language, "Desk", why),
        for_staff.triage(told, language, "Desk", ("near_line", "something_new")),
        for_staff.details(told, language, "Desk", told.request.description, 2),
        for_staff.reopened(told, language, "Desk", told.request.description),
        for_staff.stage(told, language, "Desk"),
        for_staff.closed(told, language, "Desk"),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["accepted", "in_progress", "done", "referred"])
def test_every_letter_can_be_written_in_every_state_and_language(almendra: Town, language: str, state: str) -> None:
    told = case(almendra, state=state, agency=almendra.agency)
    for letter in all_letters(told, language):
        words = render(letter)
        assert "{" not in words.text and "{" not in words.subject
        assert "\n\n\n" not in words.text
        assert words.html.count(f'<html lang="{language}"') == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_named_in_a_letter_to_staff(almendra: Town, language: str) -> None:
    told = case(almendra, state="accepted", reporter={**MARIA, "phone": "(559) 555-0142"})
    for letter in all_letters(told, language)[5:]:
        words = render(letter)
        for personal in ("María", "maria@", "555-0142", "ACDEFH"):
            assert personal not in words.text + words.html + words.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_place_and_words_of_a_sensitive_request_stand_in_no_mail(almendra: Town, language: str) -> None:
    told = case(
        almendra, service=almendra.tip, state="accepted", description="They deal at night.", status_notes="Raided."
    )
    for letter in all_letters(told, language):
        words = render(letter)
        for secret in ("Olive", "deal at night", "Raided", "Drug", "drogas", "36.0"):
            assert secret not in words.text + words.html + words.subject, letter.subject
        assert not letter.picture


def test_values_are_escaped_and_a_subject_is_one_line(almendra: Town) -> None:
    told = case(almendra, description="<script>alert(1)</script>\nBcc: x@y.example", address_text="1 A\r\nBcc: a@b")
    words = render(for_staff.new(told, "en", "Desk", {}))
    assert "<script>" not in words.html and "&lt;script&gt;" in words.html
    assert "\n" not in words.subject and "\r" not in words.subject


def test_a_long_subject_is_cut() -> None:
    assert len(render(Letter("en", "City", "x" * 500, "Heading")).subject) == 150


def test_without_an_address_the_position_is_told_and_without_a_place_that_there_is_none(almendra: Town) -> None:
    assert case(almendra, address_text="").place("en") == "36.00000, -119.72000"
    assert case(almendra, address_text="", geom=None, tile_x=None, tile_y=None, morton=None).place("es") == (
        "No se indicó un lugar"
    )


def test_an_unknown_language_is_written_to_in_english(almendra: Town) -> None:
    assert phrases.spoken("vi") == "en" and phrases.spoken("es-MX") == "es"


class Checked(HTMLParser):
    """Counts what a mail must and must not have."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.images_without_words = self.layout_tables = self.tables = 0
        self.outside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag not in {"meta", "img", "br"}:
            self.open.append(tag)
        self.images_without_words += tag == "img" and not given.get("alt")
        self.tables += tag == "table"
        self.layout_tables += tag == "table" and given.get("role") == "presentation"
        for name in ("src", "href"):
            address = given.get(name) or ""
            if address and not address.startswith(("cid:", "https://almendra.example/")):
                self.outside.append(address)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_html_is_well_formed_loads_nothing_and_reads_aloud(almendra: Town, settings: Any, language: str) -> None:
    settings.PUBLIC_URL = "https://almendra.example"
    for letter in all_letters(case(almendra, state="accepted"), language):
        checked = Checked()
        checked.feed(render(letter).html)
        assert checked.open == [] and checked.outside == []
        assert checked.images_without_words == 0 and checked.tables == checked.layout_tables
