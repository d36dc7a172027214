"""Half-entered forms of a call-taker: several at once, kept on the server until they are sent, dropped or logged out.

They live in the log-in's own session row, so that logging out forgets them with it. The row is locked while one is
changed and never rewritten as a whole by a page, so that saving from two windows at once loses nothing.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, QueryDict

_KEPT = "take_drafts"
_TAKEN = "take_taken"
MOST = 12
MOST_TAKEN = 30
_ID = re.compile(r"[0-9a-f]{16}")
FIELDS = frozenset(
    [
        "say",
        "service",
        "where",
        "lon",
        "lat",
        "place_label",
        "no_place",
        "description",
        "channel",
        "on_day",
        "on_time",
        "name",
        "phone",
        "email",
        "postal_address",
        "tell_by",
        "language",
        "asset",
        "same",
    ]
)
ANSWER = "q_"  # before the code of a question
LONGEST = 5000


@dataclass(frozen=True)
class Draft:
    """One form as far as it is filled in; every value as it was typed, lists for boxes that are ticked."""

    id: str
    values: Mapping[str, list[str]] = field(default_factory=dict)
    saved_at: float = 0.0

    def one(self, name: str) -> str:
        """The value of a field, without blanks around it; empty where there is none."""
        return next((value.strip() for value in reversed(self.values.get(name, [])) if value.strip()), "")

    @property
    def answers(self) -> dict[str, Any]:
        """What was answered to the service's questions, by code."""
        given = {name.removeprefix(ANSWER): value for name, value in self.values.items() if name.startswith(ANSWER)}
        return {code: value if len(value) > 1 else value[0] for code, value in given.items() if any(value)}

    @property
    def is_blank(self) -> bool:
        """Whether nothing was entered yet but what a new form begins with."""
        return not any(self.one(name) for name in self.values if name not in {"channel", "tell_by", "language"})

    def with_values(self, **changed: str) -> Draft:
        return Draft(self.id, {**self.values, **{name: [value] for name, value in changed.items()}}, self.saved_at)


def new_id() -> str:
    return secrets.token_hex(8)


def from_post(sent: QueryDict) -> Draft:
    """The draft that a form sent; what the form has not is left out, what is endless is cut."""
    given = sent.get("draft", "")
    values = {
        name: [value.replace("\0", "")[:LONGEST] for value in sent.getlist(name)[:40]]
        for name in list(sent)[:200]
        if name in FIELDS or re.fullmatch(rf"{ANSWER}[\w-]{{1,40}}", name)
    }
    return Draft(given if _ID.fullmatch(given) else new_id(), values)


def all_of(http: HttpRequest) -> list[Draft]:
    """The parked forms of this log-in, the oldest first."""
    rows = _decoded(http).get(_KEPT, {})
    return [Draft(key, row["values"], row["at"]) for key, row in rows.items()]


def get(http: HttpRequest, draft_id: str) -> Draft | None:
    return next((draft for draft in all_of(http) if draft.id == draft_id), None)


def save(http: HttpRequest, draft: Draft, at: float) -> None:
    """Keeps a form; of too many the oldest goes. One that is blank, or was sent already, is not kept."""

    def change(kept: dict[str, Any]) -> None:
        drafts = kept.setdefault(_KEPT, {})
        drafts.pop(draft.id, None)
        if draft.is_blank or draft.id in kept.get(_TAKEN, {}):
            return
        drafts[draft.id] = {"values": dict(draft.values), "at": at}
        for old in list(drafts)[:-MOST]:
            del drafts[old]

    _change(http, change)


def drop(http: HttpRequest, draft_id: str) -> None:
    _change(http, lambda kept: kept.get(_KEPT, {}).pop(draft_id, None))


def sent(http: HttpRequest, draft_id: str, number: str) -> None:
    """A form became a request: it is no draft any more, and whoever took it may read out its code."""

    def change(kept: dict[str, Any]) -> None:
        kept.get(_KEPT, {}).pop(draft_id, None)
        taken = kept.setdefault(_TAKEN, {})
        taken[draft_id] = number
        for old in list(taken)[:-MOST_TAKEN]:
            del taken[old]

    _change(http, change)


def taken(http: HttpRequest) -> Iterable[str]:
    """The numbers of the requests that were taken in this log-in."""
    found: dict[str, str] = _decoded(http).get(_TAKEN, {})
    return found.values()


def _decoded(http: HttpRequest) -> dict[str, Any]:
    row = Session.objects.filter(pk=http.session.session_key).first()
    return dict(row.get_decoded()) if row else {}


def _change(http: HttpRequest, change: Callable[[dict[str, Any]], Any]) -> None:
    with transaction.atomic():
        row = Session.objects.select_for_update().get(pk=http.session.session_key)
        kept = row.get_decoded()
        change(kept)
        row.session_data = Session.objects.encode(kept)
        row.save(update_fields=["session_data"])
