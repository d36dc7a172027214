"""To whoever has a layer's file fetched by schedule: there is a draft to look at, or it could not be taken."""

from __future__ import annotations

from datetime import datetime

from geoserver_app.accounts.models import User
from geoserver_app.notify.letter import Fact, Letter, Link, render
from geoserver_app.notify.links import base_address
from geoserver_app.notify.models import Message
from geoserver_app.notify.phrases import phrase, spoken
from layers.models import Jurisdiction


def fetched(
    jurisdiction: Jurisdiction,
    user: User,
    *,
    kind: str,
    file: str,
    address: str,
    path: str,
    features: int | None,
    problem: str,
    cause: str,
    at: datetime,
) -> bool:
    """Puts one mail into the outbox; False where the person has no address. The same ``cause`` is told once.

    ``features`` is how many the draft has, None for a file that could not be taken, with its ``problem``.
    """
    if not user.email:
        return False
    words = render(_letter(jurisdiction, kind, file, address, path, features, problem))
    Message.objects.bulk_create(
        [
            Message(
                jurisdiction=jurisdiction, kind=Message.Kind.LAYER, recipient=Message.To.USER, user=user,
                to_address=user.email, language=_language(jurisdiction), subject=words.subject, body_text=words.text,
                body_html=words.html, dedupe_key=f"layer:{cause}:user:{user.pk}", created_at=at, not_before=at,
            )
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return True


def _letter(
    jurisdiction: Jurisdiction, kind: str, file: str, address: str, path: str, features: int | None, problem: str
) -> Letter:
    language = _language(jurisdiction)
    sort = "failed" if features is None else "draft"
    values = {"kind": kind, "file": file, "address": address, "features": f"{features or 0:,}"}

    def say(part: str) -> str:
        return phrase(language, f"layer.{sort}_{part}", **values)

    return Letter(
        language=language,
        city=jurisdiction.name_in(language),
        subject=say("subject"),
        heading=say("heading"),
        paragraphs=(say("text"), *([problem] if problem else [])),
        facts=(Fact(phrase(language, "labels.file"), file),),
        actions=(Link(say("action"), f"{base_address(jurisdiction.city_hall)}{path}"),),
        footer=(phrase(language, "layer.why"), phrase(language, "footer.automatic")),
    )


def _language(jurisdiction: Jurisdiction) -> str:
    """The city's first language: staff are written to in it."""
    hall = getattr(jurisdiction, "city_hall", None)
    return spoken(hall.languages[0] if hall and hall.languages else "en")
