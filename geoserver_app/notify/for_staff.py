"""The letters that a desk of the city gets: a summary, the place, the priority, a picture, and why it came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from geoserver_app.notify import moments
from geoserver_app.notify.case import Case, facts
from geoserver_app.notify.letter import Fact, Letter, Link
from geoserver_app.notify.links import console_link
from geoserver_app.notify.phrases import has, phrase

Words: TypeAlias = Mapping[str, str]  # a sentence by language: {"en": ..., "es": ...}
_SHOUTED = {"high", "urgent"}


def new(case: Case, language: str, desk: str, why: Words) -> Letter:
    """To the desk that has it."""
    return _letter(case, language, desk, "new", why=_in(why, language), picture=True)


def copy(case: Case, language: str, desk: str, why: Words) -> Letter:
    """To a desk that a rule sends a copy."""
    text = phrase(language, "staff.copy.text", department=case.department(language))
    return _letter(case, language, desk, "copy", (text,), why=_in(why, language), picture=True)


def handed_on(case: Case, language: str, desk: str, why: Words) -> Letter:
    """To the desk that a person handed it to, with the reason that was given."""
    reason = "" if case.is_sensitive else _in(why, language)
    text = (phrase(language, "staff.handed_on.reason", reason=reason),) if reason else ()
    return _letter(case, language, desk, "handed_on", text, picture=True)


def triage(case: Case, language: str, desk: str, reasons: tuple[str, ...]) -> Letter:
    """To the desk that decides what the machine could not; ``reasons`` are the codes of the reviews."""
    texts = [phrase(language, "staff.triage.text"), *(_reason(language, code) for code in reasons)]
    return _letter(case, language, desk, "triage", tuple(texts), picture=True)


def details(case: Case, language: str, desk: str, words: str, photos: int) -> Letter:
    """That the reporter added words or photos."""
    told = (phrase(language, "staff.details.photos", count=photos),) if photos else ()
    return _letter(case, language, desk, "details", told, quote=words)


def reopened(case: Case, language: str, desk: str, words: str) -> Letter:
    """That it is open again, with the reporter's reason."""
    text = phrase(language, "staff.reopened.text")
    return _letter(case, language, desk, "reopened", (text,), quote=words)


def stage(case: Case, language: str, desk: str) -> Letter:
    """To those with a copy: it went on."""
    state = phrase(language, f"states.{case.request.state}")
    return _letter(case, language, desk, "stage", quote=case.request.status_notes, state=state)


def closed(case: Case, language: str, desk: str) -> Letter:
    """To everybody who was told of it: how it ended."""
    ended = case.resolution(language)
    return _letter(case, language, desk, "closed", (ended,) if ended else (), quote=case.request.status_notes)


def to_agency(case: Case, language: str, agency: str) -> Letter:
    """To an agency outside City Hall: what, where, in which words; nobody's name, no link to the console."""
    city = case.city(language)
    subject = phrase(language, "staff.agency.subject", **_values(case, language), city=city)
    text = phrase(language, "staff.agency.text", city=city, number=case.number, telephone=case.hall.telephone)
    return Letter(
        language=language,
        city=city,
        subject=subject,
        heading=phrase(language, "staff.agency.heading", service=case.service(language)),
        paragraphs=(text,),
        facts=_facts(case, language),
        quote=_quote(language, case.request.description),
        picture=_picture(case, language),
        urgent=_urgent(case, language),
        footer=_footer(case, language, agency),
    )


def _letter(
    case: Case,
    language: str,
    desk: str,
    kind: str,
    paragraphs: tuple[str, ...] = (),
    *,
    why: str = "",
    quote: str | None = None,
    picture: bool = False,
    state: str = "",
) -> Letter:
    values = {**_values(case, language), "state": state}
    hidden = case.is_sensitive
    if hidden:
        paragraphs = (*paragraphs, phrase(language, "staff.sensitive"))
        values["service"] = phrase(language, "staff.sensitive_service")
    sensitive_subject = f"staff.{kind}.subject_sensitive"
    subject = sensitive_subject if hidden and has(language, sensitive_subject) else f"staff.{kind}.subject"
    words = case.request.description if quote is None else quote
    return Letter(
        language=language,
        city=case.city(language),
        subject=phrase(language, subject, **values),
        heading=phrase(language, f"staff.{kind}.heading", **values),
        paragraphs=paragraphs,
        facts=_facts(case, language, why),
        quote=None if hidden else _quote(language, words),
        picture=_picture(case, language) if picture else "",
        actions=(Link(phrase(language, "staff.action"), console_link(case.request, case.hall)),),
        urgent=_urgent(case, language),
        footer=_footer(case, language, desk),
    )


def _values(case: Case, language: str) -> dict[str, str]:
    shout = _urgent(case, language)
    return {
        "number": case.number,
        "service": case.service(language),
        "place": case.place(language),
        "priority": f"{shout}: " if shout else "",
    }


def _facts(case: Case, language: str, why: str = "") -> tuple[Fact, ...]:
    request = case.request
    priority = phrase(language, f"priorities.{request.priority}")
    due = moments.stamp(request.expected_datetime, language, case.zone) if request.expected_datetime else ""
    filed = moments.stamp(request.requested_datetime, language, case.zone)
    if case.is_sensitive:
        return facts(language, ("number", case.number), ("priority", priority), ("due", due), ("filed", filed))
    return facts(
        language,
        ("number", case.number),
        ("service", case.service(language)),
        ("place", case.place(language)),
        ("areas", ", ".join(_area(kind, name) for kind, name in case.areas)),
        ("priority", priority),
        ("due", due),
        ("filed", filed),
        ("why", why),
    )


def _footer(case: Case, language: str, desk: str) -> tuple[str, ...]:
    return (
        phrase(language, "footer.call", telephone=case.hall.telephone),
        phrase(language, "footer.staff_why", desk=desk),
        phrase(language, "footer.automatic"),
    )


def _quote(language: str, words: str) -> Fact | None:
    return Fact(phrase(language, "labels.words"), words.strip()) if words.strip() else None


def _reason(language: str, code: str) -> str:
    known = f"staff.triage.reasons.{code}"
    return (
        phrase(language, known) if has(language, known) else phrase(language, "staff.triage.reasons.other", reason=code)
    )


def _picture(case: Case, language: str) -> str:
    if case.is_sensitive or case.request.geom is None:
        return ""
    return phrase(language, "picture", place=case.place(language))


def _urgent(case: Case, language: str) -> str:
    priority = case.request.priority
    return phrase(language, f"priorities.{priority}").upper() if priority in _SHOUTED else ""


def _in(words: Words, language: str) -> str:
    return words.get(language) or next(iter(words.values()), "")


def _area(kind: str, name: str) -> str:
    """An area as one says it: "Old Town", "Beat 33"; a bare number needs its kind before it."""
    return name if any(letter.isalpha() for letter in name) else f"{kind} {name}"
