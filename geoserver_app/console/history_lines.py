"""The history of a request as sentences: who did what and when, with notes for staff and notes for everybody apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from geoserver_app.console.words import say
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.models import Named
from geoserver_app.work import history
from geoserver_app.work.models import StatusChange
from layers.models import Area
from layers.models import Kind as AreaKind

Kind = StatusChange.Kind


@dataclass(frozen=True)
class HistoryLine:
    """One line: ``note`` is what was written, ``public`` whether everybody reads it."""

    at: datetime
    who: str
    what: str
    note: str
    public: bool
    kind: str


def history_lines(request: ServiceRequest, language: str) -> list[HistoryLine]:
    """The whole history, newest on top; two queries."""
    return [line(change, language) for change in reversed(history.full(request))]


def line(change: StatusChange, language: str) -> HistoryLine:
    """One change in words."""
    tell = _TELL.get(change.kind)
    return HistoryLine(
        at=change.at,
        who=_who(change),
        what=tell(change, language) if tell else say("state", change.to_state),
        note=change.note,
        public=change.public,
        kind=change.kind,
    )


def _who(change: StatusChange) -> str:
    if change.by is not None:
        return change.by.get_full_name() or change.by.username
    return _("The resident") if change.by_reporter else _("The system")


def _status(change: StatusChange, language: str) -> str:
    if change.from_state == "received" and change.department_after is not None:
        return _("%(state)s: %(desk)s") % {"state": say("state", change.to_state), "desk": _desk(change, language)}
    return say("state", change.to_state)


def _desk(change: StatusChange, language: str) -> str:
    names = [_name(one, language) for one in (change.department_after, change.post_after) if one is not None]
    return ", ".join(names) or _("nobody")


def _name(one: Named, language: str) -> str:
    return one.name_in(language)


def _handed_on(change: StatusChange, language: str) -> str:
    return _("Handed on to %s") % _desk(change, language)


def _referred(change: StatusChange, language: str) -> str:
    return _("Referred to %s") % (_after(change, "agency") or _("an agency"))


def _assigned(change: StatusChange, language: str) -> str:
    name = _after(change, "assignee")
    return _("Given to %s") % name if name else _("Taken from whoever had it")


def _priority(change: StatusChange, language: str) -> str:
    said = _("Priority: %s") % say("priority", _after(change, "priority") or "normal")
    people = change.data.get("people")
    return f"{said} ({_('people affected: %s') % people})" if people else said


def _moved(change: StatusChange, language: str) -> str:
    if change.data.get("rules"):
        return _("Routed again by version %s of the rules") % str(change.data["rules"])
    if change.data.get("again"):
        return _again(change, language)
    chosen = _after(change, "area")
    if chosen:
        kind, _colon, code = chosen.partition(":")
        area = Area.objects.filter(kind__code=kind, code=code, jurisdiction=change.request.jurisdiction_id).first()
        return _("Area chosen: %s") % (f"{area.kind.name_in(language)} {area.code}" if area else chosen)
    place = change.data.get("place", [None, None])[1]
    return _("Moved to %(lat).5f, %(lon).5f") % {"lon": place[0], "lat": place[1]} if place else _("Place taken away")


def _again(change: StatusChange, language: str) -> str:
    """What linking and routing anew changed of its areas: "Police beats: 12 became 12A"."""
    left, entered = change.data.get("areas") or ([], [])
    gone, fresh = _by_kind(left), _by_kind(entered)
    names = {
        kind.code: kind.name_in(language)
        for kind in AreaKind.objects.filter(jurisdiction=change.request.jurisdiction_id, code__in={*gone, *fresh})
    }
    said = [_became(names.get(kind, kind), gone.get(kind, []), fresh.get(kind, [])) for kind in sorted({*gone, *fresh})]
    if not said:
        return _("Placed and routed again")
    if change.data.get("rolled_back"):
        return _("Boundaries taken back. %s") % "; ".join(said)
    if change.data.get("edition"):
        return _("Boundaries changed. %s") % "; ".join(said)
    return _("Placed and routed again. %s") % "; ".join(said)


def _by_kind(codes: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in codes:
        kind, _colon, code = one.rpartition(":")
        found.setdefault(kind, []).append(code)
    return found


def _became(kind: str, gone: list[str], fresh: list[str]) -> str:
    words = {"kind": kind, "gone": ", ".join(gone), "fresh": ", ".join(fresh)}
    if not fresh:
        return _("%(kind)s: no longer %(gone)s") % words
    return (_("%(kind)s: %(gone)s became %(fresh)s") if gone else _("%(kind)s: now %(fresh)s")) % words


def _recategorised(change: StatusChange, language: str) -> str:
    before, after = change.data.get("service", ["", ""])
    return _("Service changed from %(before)s to %(after)s") % {"before": before, "after": after}


def _order(change: StatusChange, language: str) -> str:
    name = " ".join(part for part in (change.data.get("number", ""), change.data.get("crew", "")) if part)
    said = {
        "opened": _("Work order given: %s"),
        "done": _("Work order done: %s"),
        "cancelled": _("Work order cancelled: %s"),
    }
    return said.get(str(change.data.get("what")), "%s") % (name or _("without a number"))


def _told(change: StatusChange, language: str) -> str:
    return _("Resident told %s") % say("telling", str(change.data.get("how", "")))


def _answered(change: StatusChange, language: str) -> str:
    return _("Resident's answer: %s") % say("resolved", _after(change, "resolved") or "")


def _details(change: StatusChange, language: str) -> str:
    photos = int(change.data.get("photos", 0) or 0)
    return _("Details added, photos: %s") % photos if photos else _("Details added")


def _published(change: StatusChange, language: str) -> str:
    if "photo" in change.data:
        return _("Photo released to everybody") if change.data["public"][1] else _("Photo hidden from everybody")
    return _("Text released to everybody") if _after(change, "text") else _("Text hidden from everybody")


def _joined(change: StatusChange, language: str) -> str:
    reports = change.data.get("reports")
    if reports:
        return _("Reports of the same thing: %s") % ", ".join(reports)
    return _("One more report of %s") % _after(change, "leader")


def _left(change: StatusChange, language: str) -> str:
    reports = change.data.get("reports")
    if reports:
        return _("No longer reports of the same thing: %s") % ", ".join(reports)
    return _("Taken out: no longer a report of %s") % str((change.data.get("leader") or [""])[0])


def _reviewed(change: StatusChange, language: str) -> str:
    return _("Looked at; it stays as it is")


def _plain(kind: str) -> Callable[[StatusChange, str], str]:
    said = {
        Kind.NOTE_INTERNAL: lambda: _("Note for staff"),
        Kind.NOTE_PUBLIC: lambda: _("Note for everybody"),
        Kind.REOPENED: lambda: _("Reopened"),
    }
    return lambda _change, _language: said[StatusChange.Kind(kind)]()


def _after(change: StatusChange, name: str) -> str:
    pair = change.data.get(name) or [None, None]
    return str(pair[1] or "")


_TELL: Mapping[str, Callable[[StatusChange, str], str]] = {
    Kind.STATUS: _status,
    Kind.ASSIGNMENT: _assigned,
    Kind.HANDED_ON: _handed_on,
    Kind.REFERRED: _referred,
    Kind.NOTE_INTERNAL: _plain(Kind.NOTE_INTERNAL),
    Kind.NOTE_PUBLIC: _plain(Kind.NOTE_PUBLIC),
    Kind.REOPENED: _plain(Kind.REOPENED),
    Kind.DETAILS: _details,
    Kind.MOVED: _moved,
    Kind.RECATEGORISED: _recategorised,
    Kind.PRIORITY: _priority,
    Kind.WORK_ORDER: _order,
    Kind.TOLD: _told,
    Kind.ANSWERED: _answered,
    Kind.JOINED: _joined,
    Kind.LEFT: _left,
    "published": _published,
    "reviewed": _reviewed,
}
