"""Work orders of a request, and the completion that comes back from the department's own software."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.work.actor import SYSTEM, Actor
from geoserver_app.work.errors import Incomplete, NotAllowed, WrongState
from geoserver_app.work.history import Kind, record
from geoserver_app.work.models import WorkOrder
from geoserver_app.work.present import Present, Step
from geoserver_app.work.states import CLOSED, TRANSITIONS, State
from geoserver_app.work.steps import Words, transition


@dataclass(frozen=True)
class Order:
    """What a crew is sent to do: ``number`` is the department's own, ``scheduled_on`` a local day."""

    number: str = ""
    crew: str = ""
    scheduled_on: date | None = None
    note: str = ""


def open_order(request: ServiceRequest, order: Order, *, by: Actor, at: datetime) -> tuple[WorkOrder, Step]:
    """A new work order of the department that has the request."""
    _need_work(by)
    if request.state in CLOSED or request.department_id is None:
        raise WrongState(_("Only a request that a department has, and that is open, gets a work order."))
    if order.number and WorkOrder.objects.filter(department=request.department_id, number=order.number).exists():
        raise Incomplete(_("Work order %s exists already. Give another number.") % order.number)
    made = WorkOrder.objects.create(
        request=request,
        department_id=request.department_id,
        number=order.number,
        crew=order.crew,
        scheduled_on=order.scheduled_on,
        note=order.note,
        created_at=at,
        created_by_id=by.user_id,
    )
    return made, _line(made, "opened", by, at)


def complete_order(order: WorkOrder, *, by: Actor, at: datetime, done_at: datetime | None = None) -> Step:
    """The crew is done. With the last open order the request's field action is taken, where its state allows that."""
    _need_work(by)
    _end(order, done_at=done_at or at)
    step = _line(order, "done", by, at)
    request = order.request
    if request.work_orders.filter(done_at=None, cancelled_at=None).exists():
        return step
    if State.DONE not in TRANSITIONS[State(request.state)]:
        return step
    return transition(request, to=State.DONE, by=by, at=at, words=Words(field_action_at=done_at))


def cancel_order(order: WorkOrder, *, by: Actor, at: datetime) -> Step:
    """The order will not be carried out; the request stays as it is."""
    _need_work(by)
    _end(order, cancelled_at=at)
    return _line(order, "cancelled", by, at)


def _need_work(by: Actor) -> None:
    if by != SYSTEM and not by.is_one_of(frozenset({Capability.WORK})):
        raise NotAllowed(_("You may not give work orders for this request."))


def _end(order: WorkOrder, **moment: datetime) -> None:
    # One statement decides, so that completion from two sides counts once.
    open_still = WorkOrder.objects.filter(pk=order.pk, done_at=None, cancelled_at=None)
    if not open_still.update(**moment):
        raise WrongState(_("Work order %s has ended already.") % order)


def _line(order: WorkOrder, what: str, by: Actor, at: datetime) -> Step:
    data = {"work_order": order.pk, "number": order.number, "crew": order.crew, "what": what}
    return record(order.request, Kind.WORK_ORDER, Present.of(order.request), by=by, at=at, note=order.note, data=data)
