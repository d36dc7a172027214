"""A letter as its parts, and its two forms: plain text, and HTML that mail programs show well."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import render_to_string

PICTURE_ID = "place"  # the Content-ID of the picture inside a mail
SUBJECT_LENGTH = 150


@dataclass(frozen=True)
class Fact:
    """One line of the list of facts."""

    label: str
    value: str


@dataclass(frozen=True)
class Link:
    """A link with its words."""

    words: str
    address: str


@dataclass(frozen=True)
class Letter:
    """What is told to one person in one language. ``quote`` is what somebody wrote, with its label.

    ``picture`` is what the picture of the place shows, in words; empty where there is to be none.
    """

    language: str
    city: str
    subject: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    quote: Fact | None = None
    picture: str = ""
    actions: tuple[Link, ...] = ()
    after: tuple[str, ...] = ()  # paragraphs below the button
    urgent: str = ""  # a word in red above the heading
    footer: tuple[str, ...] = ()
    stop: Link | None = None


@dataclass(frozen=True)
class Rendered:
    """A letter in its two forms; the subject is one line."""

    subject: str
    text: str
    html: str


def render(letter: Letter) -> Rendered:
    """Both forms. Values are escaped in HTML; line breaks in a subject become blanks."""
    context = {"letter": letter, "picture_id": PICTURE_ID}
    return Rendered(
        subject=_one_line(letter.subject),
        text=render_to_string("notify/letter.txt", context).strip() + "\n",
        html=render_to_string("notify/letter.html", context),
    )


def _one_line(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= SUBJECT_LENGTH else line[: SUBJECT_LENGTH - 1].rstrip() + "…"
