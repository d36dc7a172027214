"""Known problems before the form: "we know; this is when"; nothing more needed, tell me, or report it anyway.

What was answered is carried by the form in one field: KIND:IDS:REASON. A notice that appears after the answer asks
again; what was answered for the others stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from geoserver_app.duplicates import notices, notices_written
from geoserver_app.duplicates.models import Notice, NoticeAnswer
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.report import check, pace
from geoserver_app.site.notices import Said, said

if TYPE_CHECKING:
    from geoserver_app.report.page import Situation

Kind = NoticeAnswer.Kind
KEPT_IDS = re.compile(r"\d{1,18}(?:,\d{1,18}){0,9}")
_KEPT = re.compile(r"(tell|anyway):(\d{1,18}(?:,\d{1,18}){0,9}):(different|worse|still|)")
_WEB = ServiceRequest.Channel.WEB.value


@dataclass(frozen=True)
class Answered:
    """What was answered, to which notices, and why."""

    kind: str = ""
    ids: frozenset[int] = frozenset()
    reason: str = ""

    @classmethod
    def of(cls, text: str) -> Answered:
        found = _KEPT.fullmatch(text)
        if not found:
            return cls()
        return cls(found[1], frozenset(int(pk) for pk in found[2].split(",")), found[3])

    def __str__(self) -> str:
        return f"{self.kind}:{','.join(str(pk) for pk in sorted(self.ids))}:{self.reason}" if self.kind else ""


@dataclass(frozen=True)
class Panel:
    """What is shown: the notices, and what was answered. ``is_open`` while one of them has no answer."""

    notices: tuple[Said, ...]
    answered: Answered

    @property
    def ids(self) -> str:
        return ",".join(str(one.pk) for one in self.notices)

    @property
    def is_open(self) -> bool:
        return any(one.pk not in self.answered.ids for one in self.notices)


def kept(data: QueryDict) -> Answered:
    """The answer that the form carries, or that its button just gave."""
    pressed = data.get("known", "")
    if pressed in {Kind.TELL, Kind.ANYWAY} and KEPT_IDS.fullmatch(data.get("known_ids", "")):
        reason = data.get("known_reason", "") if pressed == Kind.ANYWAY else ""
        return Answered.of(f"{pressed}:{data['known_ids']}:{reason if reason in NoticeAnswer.Reason else ''}")
    return Answered.of(data.get("known_kept", ""))


def context(now: Situation) -> dict[str, Any]:
    """The panel for the page, under ``known``, and the reasons to choose from."""
    found = said(_holding(now), now.jurisdiction, now.language, now.at)
    panel = Panel(tuple(found), now.answered) if found else None
    return {"known": panel, "known_reasons": reasons()}


def asks_first(now: Situation) -> bool:
    """Whether a notice holds there that the sender has not answered."""
    return any(one.pk not in now.answered.ids for one in _holding(now))


def enough(request: HttpRequest, now: Situation) -> HttpResponse | None:
    """Nothing more is needed: counted, and thanked for; None where that was not pressed or nothing is known there."""
    if request.POST.get("known") != Kind.ENOUGH:
        return None
    holding = _holding(now)
    if not holding:
        return None
    if pace.may(request, pace.SENDING, at=now.at):
        for one in holding:
            notices_written.answer(one, Kind.ENOUGH, key=now.draft.key, channel=_WEB, at=now.at)
    query = {"ids": ",".join(str(one.pk) for one in holding)}
    if request.GET.get("jurisdiction"):
        query["jurisdiction"] = request.GET["jurisdiction"]
    return HttpResponseRedirect(f"{reverse('report_known_enough')}?{urlencode(query)}", status=303)


def went_on(now: Situation, request: ServiceRequest) -> None:
    """Notes with each notice that it did not stop this report, and why."""
    if not now.answered.kind:
        return
    for one in _holding(now):
        notices_written.answer(
            one, Kind(now.answered.kind), key=now.draft.key, channel=_WEB, at=now.at, reason=now.answered.reason,
            request=request,
        )  # fmt: skip


def _holding(now: Situation) -> list[Notice]:
    service, spot = now.service, now.draft.spot
    if service is None or (check.needs_place(service) and not spot.is_pinned):
        return []
    return notices.known(service, spot.lon, spot.lat, at=now.at)


def reasons() -> list[tuple[str, str]]:
    """Why somebody reports it anyway."""
    said_why = {
        NoticeAnswer.Reason.DIFFERENT: _("Mine is another problem"),
        NoticeAnswer.Reason.WORSE: _("It has become worse, or is dangerous"),
        NoticeAnswer.Reason.STILL: _("It was said to be repaired, and is not"),
    }
    return [(code.value, words) for code, words in said_why.items()]
