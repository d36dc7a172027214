"""What each step of a request makes the city tell, and to whom. Called by flow, in the transaction of the step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

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
Write: TypeAlias = Callable[[Recipient], Letter]


@dataclass(frozen=True)
class Told:
    """How many messages wait now, and the desks that could not be told since nobody has an address there."""

    messages: int = 0
    unaddressed: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Plan:
    """Messages that are to be written, in one statement at the end."""

    drafts: tuple[Draft, ...] = ()
    unaddressed: tuple[str, ...] = ()

    def __add__(self, other: _Plan) -> _Plan:
        return _Plan(self.drafts + other.drafts, self.unaddressed + other.unaddressed)

    def write(self, case: Case, cause: str) -> Told:
        return Told(put(case.request, self.drafts, cause=cause, at=case.at), self.unaddressed)


def opened(case: Case, *, why: for_staff.Words | None = None, followers: Sequence[int] | None = None) -> Told:
    """A new request: the desk that has it and those with a copy, the agency, and the receipt.

    ``why`` is the sentence of the rule that sent it there, by language; ``followers`` are the desks with a copy, where
    they are known.
    """
    because = why or {}
    desk, copies = case.request.post_id, holders(case.request) if followers is None else list(followers)
    found = _posts(case, [*([desk] if desk else []), *copies])
    plan = _desk(case, Kind.LIAISON_NEW, lambda to: for_staff.new(case, to.language, to.name, because), found)
    plan += _to(Kind.COPY, found, copies, lambda to: for_staff.copy(case, to.language, to.name, because))
    plan += _agency(case) + _receipt(case)
    return plan.write(case, "opened")


def receipt(case: Case) -> Told:
    """The receipt alone: where the request waits for a decision before it has a desk."""
    return _receipt(case).write(case, "opened")


def triage(case: Case, post_ids: Iterable[int], reasons: tuple[str, ...], *, cause: str) -> Told:
    """To the desks that decide; ``reasons`` are codes of reviews (see texts: staff.triage.reasons)."""
    found = _posts(case, list(post_ids))
    plan = _to(Kind.TRIAGE, found, found, lambda to: for_staff.triage(case, to.language, to.name, reasons))
    return plan.write(case, cause)


def step(case: Case, made: Step, *, photos: int = 0) -> Told:
    """What a step of work makes the city tell; ``photos`` is how many came with added details.

    The step's present must already stand on the case's request.
    """
    return _plan_of(case, made, photos).write(case, f"change:{made.change.pk}")


def follower(case: Case, made: Step) -> Told:
    """The same to the reporter alone, of one more report of a thing: desks hear of it by the one that leads."""
    return _for_reporter(case, made).write(case, f"change:{made.change.pk}")


def _for_reporter(case: Case, made: Step) -> _Plan:
    if made.change.kind == StatusChange.Kind.REOPENED:
        return _reporter(case, Kind.REOPENED, for_residents.reopened)
    if made.state_changed and made.present.state in CLOSED:
        return _reporter(case, Kind.CLOSED, for_residents.closed)
    if made.change.kind == StatusChange.Kind.NOTE_PUBLIC:
        return _reporter(case, Kind.NOTE, for_residents.note)
    if made.state_changed and for_residents.is_told(made.present.state):
        return _reporter(case, Kind.STAGE, for_residents.stage)
    return _Plan()


def _plan_of(case: Case, made: Step, photos: int) -> _Plan:
    kind, note = made.change.kind, made.change.note
    if kind == StatusChange.Kind.REOPENED:
        return _reopened(case, note)
    if kind == StatusChange.Kind.DETAILS:
        return _details(case, note, photos)
    if made.state_changed and made.present.state in CLOSED:
        return _closed(case, made)
    if kind == StatusChange.Kind.NOTE_PUBLIC:
        return _reporter(case, Kind.NOTE, for_residents.note)
    plan = _handed_on(case, note) if made.handed_on else _Plan()
    return plan + (_stage(case, made) if made.state_changed else _Plan())


def _handed_on(case: Case, reason: str) -> _Plan:
    if case.request.state == "referred":
        return _agency(case)
    why = {case.staff_language: reason} if reason else {}
    return _desk(case, Kind.HANDED_ON, lambda to: for_staff.handed_on(case, to.language, to.name, why))


def _stage(case: Case, made: Step) -> _Plan:
    if not for_residents.is_told(made.present.state):
        return _Plan()
    copies = _posts(case, _without_own(made, holders(case.request)))
    plan = _reporter(case, Kind.STAGE, for_residents.stage)
    return plan + _to(Kind.STAGE, copies, copies, lambda to: for_staff.stage(case, to.language, to.name))


def _closed(case: Case, made: Step) -> _Plan:
    desk = [case.request.post_id] if case.request.post_id else []
    everybody = _posts(case, _without_own(made, [*desk, *holders(case.request)]))
    plan = _reporter(case, Kind.CLOSED, for_residents.closed)
    return plan + _to(Kind.CLOSED, everybody, everybody, lambda to: for_staff.closed(case, to.language, to.name))


def _reopened(case: Case, words: str) -> _Plan:
    def write(to: Recipient) -> Letter:
        return for_staff.reopened(case, to.language, to.name, words)

    copies = _posts(case, holders(case.request))
    plan = _desk(case, Kind.REOPENED, write) + _to(Kind.REOPENED, copies, copies, write)
    return plan + _reporter(case, Kind.REOPENED, for_residents.reopened)


def _details(case: Case, words: str, photos: int) -> _Plan:
    def write(to: Recipient) -> Letter:
        return for_staff.details(case, to.language, to.name, words, photos)

    plan = _desk(case, Kind.DETAILS, write)
    assignee = case.request.assignee
    if assignee is None:
        return plan
    return plan + _all(Kind.DETAILS, recipients.of_user(assignee, case.staff_language), write)


def _agency(case: Case) -> _Plan:
    agency = case.request.agency
    if agency is None:
        return _Plan()
    to = recipients.of_agency(agency, case.staff_language)
    return _all(Kind.AGENCY, to, lambda one: for_staff.to_agency(case, one.language, one.name), agency.name)


def _without_own(made: Step, post_ids: Sequence[int]) -> list[int]:
    """Without the desks of whoever made the step: they know."""
    own = set(PostHolder.objects.filter(user=made.change.by_id).values_list("post_id", flat=True))
    return [pk for pk in post_ids if pk not in own]


_Desks: TypeAlias = dict[int, list[Recipient]]


def _posts(case: Case, post_ids: Sequence[int]) -> _Desks:
    """Those who sit at desks, by desk, in the order asked for; nobody for a desk that is not there any more."""
    found = recipients.of_posts(post_ids, case.staff_language) if post_ids else {}
    return {pk: found.get(pk, []) for pk in post_ids}


def _desk(case: Case, kind: str, write: Write, desks: _Desks | None = None) -> _Plan:
    """To the desk that has the request, else to its department's mailbox."""
    request = case.request
    if request.post_id is not None:
        found = _posts(case, [request.post_id]) if desks is None else desks
        return _to(kind, found, [request.post_id], write)
    if request.department is None:
        return _Plan()
    to = recipients.of_department(request.department, case.staff_language)
    return _all(kind, to, write, request.department.name)


def _to(kind: str, desks: _Desks, post_ids: Iterable[int], write: Write) -> _Plan:
    return sum((_all(kind, desks[pk], write, f"post {pk}") for pk in post_ids), _Plan())


def _all(kind: str, to: Sequence[Recipient], write: Write, nobody: str = "") -> _Plan:
    if not to:
        return _Plan(unaddressed=(nobody,) if nobody else ())
    return _Plan(tuple(Draft.of_letter(one, kind, write(one)) for one in to))


def _receipt(case: Case) -> _Plan:
    return _reporter(case, Kind.RECEIPT, for_residents.receipt)


def _reporter(case: Case, kind: str, write: Callable[[Case, str], Letter]) -> _Plan:
    to = recipients.of_reporter(case.reporter, kind)
    if to is None:
        return _Plan()
    if to.channel == Message.Channel.EMAIL:
        return _Plan((Draft.of_letter(to, kind, write(case, to.language)),))
    task = for_residents.task(case, to.language, case.staff_language, kind, to.channel)
    return _Plan((Draft(to, kind, Rendered(task.title, task.words, "")),))
