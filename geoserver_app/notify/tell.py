"""What each step of a request makes the city tell, and to whom. Called by flow, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from geoserver_app.accounts.models import PostHolder
from geoserver_app.notify import for_residents, for_staff, recipients
from geoserver_app.notify.case import Case
from geoserver_app.notify.letter import Letter, Rendered
from geoserver_app.notify.models import Message
from geoserver_app.notify.outbox import Draft, put
from geoserver_app.notify.recipients import Recipient
from geoserver_app.work.copies import holders
from geoserver_app.work.models import StatusChange
from geoserver_app.work.present import Step
from geoserver_app.work.states import CLOSED

Kind = Message.Kind


@dataclass(frozen=True)
class Told:
    """How many messages wait now, and the desks that could not be told since nobody has an address there."""

    messages: int = 0
    unaddressed: tuple[str, ...] = ()

    def __add__(self, other: Told) -> Told:
        return Told(self.messages + other.messages, self.unaddressed + other.unaddressed)


def opened(case: Case, *, why: for_staff.Words | None = None) -> Told:
    """A new request: the desk that has it and those with a copy, the agency, and the receipt."""
    told = _desk(case, "opened", Kind.LIAISON_NEW, lambda to: for_staff.new(case, to.language, to.name, why or {}))
    told += _posts(
        case,
        "opened",
        Kind.COPY,
        holders(case.request),
        lambda to: for_staff.copy(case, to.language, to.name, why or {}),
    )
    if case.request.agency is not None:
        told += agency(case, cause="opened")
    return told + receipt(case)


def receipt(case: Case) -> Told:
    """The receipt alone: also where the request waits for a decision."""
    return _reporter(case, "receipt", Kind.RECEIPT, for_residents.receipt)


def triage(case: Case, post_ids: Iterable[int], reasons: tuple[str, ...], *, cause: str) -> Told:
    """To the desks that decide; ``reasons`` are codes of reviews (see texts: staff.triage.reasons)."""
    write = lambda to: for_staff.triage(case, to.language, to.name, reasons)  # noqa: E731
    return _posts(case, cause, Kind.TRIAGE, list(post_ids), write)


def agency(case: Case, *, cause: str) -> Told:
    """To the agency outside City Hall that the request was referred to."""
    found = case.request.agency
    if found is None:
        return Told()
    to = recipients.of_agency(found, case.staff_language)
    return _put(case, cause, Kind.AGENCY, to, lambda one: for_staff.to_agency(case, one.language, one.name), found.name)


def step(case: Case, made: Step, *, words: str = "", photos: int = 0) -> Told:
    """What a step of work makes the city tell. ``words`` are what came with it, where they may be passed on.

    The step's present must already stand on the case's request.
    """
    cause, kind = f"change:{made.change.pk}", made.change.kind
    if kind == StatusChange.Kind.REOPENED:
        return _reopened(case, cause, words or made.change.note)
    if kind == StatusChange.Kind.DETAILS:
        return _details(case, cause, made.change.note, photos)
    if made.state_changed and made.present.state in CLOSED:
        return _closed(case, cause, made)
    if kind == StatusChange.Kind.NOTE_PUBLIC:
        return _reporter(case, cause, Kind.NOTE, for_residents.note)
    told = _handed_on(case, cause, words or made.change.note) if made.handed_on else Told()
    return told + (_stage(case, cause, made) if made.state_changed else Told())


def _handed_on(case: Case, cause: str, reason: str) -> Told:
    if case.request.state == "referred":
        return agency(case, cause=cause)
    why = {case.staff_language: reason} if reason else {}
    return _desk(case, cause, Kind.HANDED_ON, lambda to: for_staff.handed_on(case, to.language, to.name, why))


def _stage(case: Case, cause: str, made: Step) -> Told:
    if not for_residents.is_told(made.present.state):
        return Told()
    told = _reporter(case, cause, Kind.STAGE, for_residents.stage)
    copies = _others(case, made, with_desk=False)
    return told + _posts(case, cause, Kind.STAGE, copies, lambda to: for_staff.stage(case, to.language, to.name))


def _closed(case: Case, cause: str, made: Step) -> Told:
    told = _reporter(case, cause, Kind.CLOSED, for_residents.closed)
    others = _others(case, made, with_desk=True)
    return told + _posts(case, cause, Kind.CLOSED, others, lambda to: for_staff.closed(case, to.language, to.name))


def _reopened(case: Case, cause: str, words: str) -> Told:
    write = lambda to: for_staff.reopened(case, to.language, to.name, words)  # noqa: E731
    told = _desk(case, cause, Kind.REOPENED, write)
    told += _posts(case, cause, Kind.REOPENED, holders(case.request), write)
    return told + _reporter(case, cause, Kind.REOPENED, for_residents.reopened)


def _details(case: Case, cause: str, words: str, photos: int) -> Told:
    write = lambda to: for_staff.details(case, to.language, to.name, words, photos)  # noqa: E731
    told = _desk(case, cause, Kind.DETAILS, write)
    assignee = case.request.assignee
    if assignee is None:
        return told
    return told + _put(case, cause, Kind.DETAILS, recipients.of_user(assignee, case.staff_language), write)


def _others(case: Case, made: Step, *, with_desk: bool) -> list[int]:
    """Those to tell of a step, without the desks of whoever made it."""
    desk = [case.request.post_id] if with_desk and case.request.post_id else []
    own = set(PostHolder.objects.filter(user=made.change.by_id).values_list("post_id", flat=True))
    return [pk for pk in dict.fromkeys([*desk, *holders(case.request)]) if pk not in own]


def _desk(case: Case, cause: str, kind: str, write: Callable[[Recipient], Letter]) -> Told:
    """To the desk that has the request, else to its department's mailbox."""
    request = case.request
    if request.post_id is not None:
        return _posts(case, cause, kind, [request.post_id], write)
    if request.department is None:
        return Told()
    to = recipients.of_department(request.department, case.staff_language)
    return _put(case, cause, kind, to, write, request.department.name)


def _posts(case: Case, cause: str, kind: str, post_ids: Sequence[int], write: Callable[[Recipient], Letter]) -> Told:
    if not post_ids:
        return Told()
    found: Mapping[int, list[Recipient]] = recipients.of_posts(post_ids, case.staff_language)
    told = [_put(case, cause, kind, found.get(pk, []), write, nobody=f"post {pk}") for pk in dict.fromkeys(post_ids)]
    return sum(told, Told())


def _put(
    case: Case,
    cause: str,
    kind: str,
    to: Sequence[Recipient],
    write: Callable[[Recipient], Letter],
    nobody: str = "",
) -> Told:
    if not to:
        return Told(unaddressed=(nobody,) if nobody else ())
    drafts = [Draft.of_letter(one, kind, write(one)) for one in to]
    return Told(put(case.request, drafts, cause=cause, at=case.at))


def _reporter(case: Case, cause: str, kind: str, write: Callable[[Case, str], Letter]) -> Told:
    to = recipients.of_reporter(case.reporter, kind)
    if to is None:
        return Told()
    if to.channel == Message.Channel.EMAIL:
        draft = Draft.of_letter(to, kind, write(case, to.language))
    else:
        task = for_residents.task(case, to.language, case.staff_language, kind, to.channel)
        draft = Draft(to, kind, Rendered(task.title, task.words, ""))
    return Told(put(case.request, [draft], cause=cause, at=case.at))
