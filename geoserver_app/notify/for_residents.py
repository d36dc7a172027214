"""The letters that a resident gets about the own request, and the words that staff read out to one."""

from __future__ import annotations

from dataclasses import dataclass

from geoserver_app.notify.case import Case, facts
from geoserver_app.notify.letter import Fact, Letter, Link
from geoserver_app.notify.links import Purpose
from geoserver_app.notify.office import who_looks_when
from geoserver_app.notify.phrases import has, phrase
from geoserver_app.work.steps import REOPEN_DAYS


def receipt(case: Case, language: str) -> Letter:
    """Number, code, when somebody looks, by when it is expected."""
    due = case.due(language)
    expected = (phrase(language, "receipt.expected", due=due),) if due else ()
    return _letter(
        case,
        language,
        subject=_subject(case, language, "receipt"),
        heading=phrase(language, "receipt.heading"),
        paragraphs=(who_looks_when(case, language), *expected),
        facts=_about(case, language, code=case.request.access_code),
        actions=(_own(case, language, "receipt.action"),),
        after=(phrase(language, "receipt.keep"),),
        picture=_picture(case, language),
    )


def stage(case: Case, language: str) -> Letter:
    """That it went on to the state it has now; see STAGES for those that are told."""
    state = case.request.state
    words = [
        phrase(language, f"stage.{state}.text", department=case.department(language), agency=_agency(case, language))
    ]
    agency = case.request.agency
    if state == "referred" and agency and agency.telephone:
        reach = phrase(language, "stage.referred.reach", agency=_agency(case, language), telephone=agency.telephone)
        words.append(reach)
    return _letter(
        case,
        language,
        subject=phrase(language, f"stage.{state}.subject", number=case.number),
        heading=phrase(language, f"stage.{state}.heading"),
        paragraphs=tuple(words),
        facts=_about(case, language),
        quote=_note(case, language),
        actions=(_own(case, language, "stage.action"),),
    )


def is_told(state: str) -> bool:
    """Whether a resident is told when a request comes into a state (closing has a letter of its own)."""
    return has("en", f"stage.{state}.subject")


def note(case: Case, language: str) -> Letter:
    """A note for everybody that came without a step."""
    return _letter(
        case,
        language,
        subject=phrase(language, "note.subject", number=case.number),
        heading=phrase(language, "note.heading"),
        facts=_about(case, language),
        quote=_note(case, language),
        actions=(_own(case, language, "note.action"),),
    )


def closed(case: Case, language: str) -> Letter:
    """How it ended, two questions, and how to reopen it."""
    ended = case.resolution(language) or phrase(language, "closed.cancelled")
    return _letter(
        case,
        language,
        subject=phrase(language, "closed.subject", number=case.number),
        heading=phrase(language, "closed.heading"),
        paragraphs=(ended, phrase(language, "closed.ask")),
        facts=_about(case, language),
        quote=_note(case, language),
        actions=(
            Link(phrase(language, "closed.action"), case.link(Purpose.ANSWER, language)),
            _own(case, language, "closed.reopen_link"),
        ),
        after=(phrase(language, "closed.reopen", days=REOPEN_DAYS),),
    )


def reopened(case: Case, language: str) -> Letter:
    """That it is open again, and until when."""
    due = case.due(language)
    expected = (phrase(language, "reopened.expected", due=due),) if due else ()
    return _letter(
        case,
        language,
        subject=phrase(language, "reopened.subject", number=case.number),
        heading=phrase(language, "reopened.heading"),
        paragraphs=(phrase(language, "reopened.text", department=case.department(language)), *expected),
        facts=_about(case, language),
        actions=(_own(case, language, "reopened.action"),),
    )


@dataclass(frozen=True)
class Task:
    """What staff do for a resident who is told by telephone, text message or letter: a title and the words."""

    title: str
    words: str


def task(case: Case, language: str, staff_language: str, kind: str, channel: str) -> Task:
    """The words in the resident's language, the title in that of staff; ``kind`` is receipt, closed or reopened."""
    key = f"spoken.{kind}_sensitive" if case.is_sensitive and kind != "reopened" else f"spoken.{kind}"
    words = phrase(
        language,
        key,
        number=case.number,
        service=case.service(language),
        code=case.request.access_code,
        resolution=case.resolution(language),
        note=case.request.status_notes,
    ).strip()
    if kind == "closed" and channel == "phone":
        words += "\n\n" + phrase(staff_language, "spoken.ask")
    return Task(phrase(staff_language, f"spoken.task_{channel}", number=case.number), words)


def _letter(
    case: Case,
    language: str,
    *,
    subject: str,
    heading: str,
    paragraphs: tuple[str, ...] = (),
    facts: tuple[Fact, ...] = (),
    quote: Fact | None = None,
    actions: tuple[Link, ...] = (),
    after: tuple[str, ...] = (),
    picture: str = "",
) -> Letter:
    return Letter(
        language=language,
        city=case.city(language),
        subject=subject,
        heading=heading,
        paragraphs=paragraphs,
        facts=facts,
        quote=quote,
        actions=actions,
        after=after,
        picture=picture,
        footer=(
            phrase(language, "footer.call", telephone=case.hall.telephone),
            phrase(language, "footer.danger"),
            phrase(language, "footer.resident_why", number=case.number),
            phrase(language, "footer.automatic"),
        ),
        stop=Link(phrase(language, "footer.stop"), case.link(Purpose.STOP, language)),
    )


def _subject(case: Case, language: str, kind: str) -> str:
    key = f"{kind}.subject_sensitive" if case.is_sensitive else f"{kind}.subject"
    return phrase(language, key, number=case.number, service=case.service(language))


def _about(case: Case, language: str, code: str = "") -> tuple[Fact, ...]:
    if case.is_sensitive:
        return facts(language, ("number", case.number), ("code", code))
    return facts(
        language,
        ("number", case.number),
        ("code", code),
        ("service", case.service(language)),
        ("place", case.place(language)),
    )


def _note(case: Case, language: str) -> Fact | None:
    words = "" if case.is_sensitive else case.request.status_notes
    return Fact(phrase(language, "labels.note"), words) if words else None


def _agency(case: Case, language: str) -> str:
    return case.request.agency.name_in(language) if case.request.agency else ""


def _own(case: Case, language: str, key: str) -> Link:
    return Link(phrase(language, key), case.link(Purpose.OWN, language))


def _picture(case: Case, language: str) -> str:
    if case.is_sensitive or case.request.geom is None:
        return ""
    return phrase(language, "picture", place=case.place(language))
