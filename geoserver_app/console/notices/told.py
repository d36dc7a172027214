"""Notices in words for staff: where, about what, what came of them, and what was done to them when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from geoserver_app.console.clocks import moment
from geoserver_app.console.desk import Desk
from geoserver_app.console.targets import called
from geoserver_app.duplicates.models import Notice, NoticeAnswer, NoticeChange
from geoserver_app.duplicates.notices import Effect, effects
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.site.notices import Said, said
from geoserver_app.work.sight import visible_to

MOST_WENT_ON = 100


@dataclass(frozen=True)
class Line:
    """One notice of the list; ``state`` is holding, coming, lifted or over."""

    notice: Notice
    said: Said
    services: tuple[str, ...]
    effect: Effect
    since: str
    until: str
    state: str

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why it was reported anyway, in words, with how often."""
        words = reason_words()
        return [(words[code], number) for code, number in (self.effect.reasons or {}).items()]


def lines(notices: Iterable[Notice], desk: Desk) -> list[Line]:
    """Notices with their effects, in their order; three queries whatever their number."""
    rows = list(notices)
    spoken = said(rows, desk.jurisdiction, desk.language, desk.at)
    came = effects(rows)
    return [_line(one, words, came[one.pk], desk) for one, words in zip(rows, spoken, strict=True)]


def _line(notice: Notice, words: Said, effect: Effect, desk: Desk) -> Line:
    services = tuple(sorted(one.name_in(desk.language) for one in notice.services.all()))
    end = notice.lifted_at or notice.ends_at
    return Line(notice, words, services, effect, _when(notice.begins_at, desk), _when(end, desk), _state(notice, desk))


def _state(notice: Notice, desk: Desk) -> str:
    if notice.lifted_at is not None:
        return "lifted"
    if notice.ends_at <= desk.at:
        return "over"
    return "coming" if notice.begins_at > desk.at else "holding"


def _when(at: datetime, desk: Desk) -> str:
    return moment(at, desk.zone, desk.at)


@dataclass(frozen=True)
class Step:
    """One step of a notice's life, in words."""

    what: str
    who: str
    when: str
    before: tuple[str, ...] = ()


def history(notice: Notice, desk: Desk) -> list[Step]:
    """What was done to a notice, the newest first; what it said before stands with each change."""
    kinds = {
        NoticeChange.Kind.PLACED: _("Placed"),
        NoticeChange.Kind.CHANGED: _("Changed"),
        NoticeChange.Kind.LIFTED: _("Lifted"),
    }
    rows = notice.changes.select_related("by").order_by("-pk")
    steps = [
        Step(kinds[NoticeChange.Kind(one.kind)], called(one.by), _when(one.at, desk), tuple(_before(one, desk)))
        for one in rows
    ]
    if _state(notice, desk) == "over":
        steps.insert(0, Step(_("Ended by its time"), "", _when(notice.ends_at, desk)))
    return steps


def _before(step: NoticeChange, desk: Desk) -> Iterable[str]:
    for code, text in step.before.get("texts", {}).items():
        yield _("before (%(language)s): %(text)s") % {"language": code, "text": text}
    if step.before.get("ends_at"):
        yield _("until before: %s") % _when(datetime.fromisoformat(step.before["ends_at"]), desk)
    if "expected_at" in step.before:
        expected = step.before["expected_at"]
        said_when = _when(datetime.fromisoformat(expected), desk) if expected else _("not said")
        yield _("to be repaired before: %s") % said_when


@dataclass(frozen=True)
class WentOn:
    """A report that came in spite of a notice, and why."""

    request: ServiceRequest
    why: str


def went_on(notice: Notice, desk: Desk) -> list[WentOn]:
    """The reports that came all the same, the newest first, as far as one may see them."""
    rows = notice.answers.filter(request__isnull=False).order_by("-at")[:MOST_WENT_ON]
    why = {one.request_id: _why(one) for one in rows}
    seen = visible_to(ServiceRequest.objects.filter(pk__in=list(why)), desk.rights).select_related("service")
    return [WentOn(one, why[one.pk]) for one in seen.newest_first()]


def _why(answer: NoticeAnswer) -> str:
    if answer.kind == NoticeAnswer.Kind.TELL:
        return _("wants to be told when it is repaired")
    return reason_words().get(answer.reason, _("no reason given"))


def reason_words() -> dict[str, str]:
    return {
        NoticeAnswer.Reason.DIFFERENT.value: _("it is another problem"),
        NoticeAnswer.Reason.WORSE.value: _("it has become worse, or is dangerous"),
        NoticeAnswer.Reason.STILL.value: _("it was said to be repaired, and is not"),
    }
