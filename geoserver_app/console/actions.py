"""Everything that can be done with a request, as one table: who may, what must be said, what flow is asked to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from geoserver_app import flow
from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service
from geoserver_app.console import forms
from geoserver_app.console.ask import Ask
from geoserver_app.intake.models import Media
from geoserver_app.org.models import Agency, Department, Post
from geoserver_app.work.models import Satisfaction, WorkOrder
from geoserver_app.work.orders import Order
from geoserver_app.work.satisfaction import Reply
from geoserver_app.work.states import State
from geoserver_app.work.steps import Words
from layers.errors import NotFound
from layers.models import Area

Given = Mapping[str, Any]
C = Capability


@dataclass(frozen=True)
class Action:
    """One thing to do. ``decides``: it is refused where somebody else changed the request meanwhile."""

    code: str
    title: Promise
    done: Promise
    may: Callable[[Ask], bool]
    run: Callable[[Ask, Given], object]
    form: type[forms.ActionForm] = forms.Bare
    decides: bool = True
    confirms: bool = False


def _step(state: State) -> Callable[[Ask, Given], object]:
    def run(ask: Ask, given: Given) -> object:
        known = {
            name: given[name] for name in ("note", "status_notes", "resolution", "field_action_at") if name in given
        }
        return flow.transition(ask.request.pk, to=state, by=ask.desk.rights, words=Words(**known))

    return run


def _hand_on(ask: Ask, given: Given) -> object:
    what, _colon, pk = str(given["target"]).partition(":")
    post = Post.objects.select_related("department").get(pk=pk) if what == "post" else None
    department = post.department if post else Department.objects.get(pk=pk)
    return flow.hand_on(ask.request.pk, department, post=post, by=ask.desk.rights, reason=given["reason"])


def _refer(ask: Ask, given: Given) -> object:
    agency = Agency.objects.get(pk=given["agency"])
    return flow.refer(ask.request.pk, agency, by=ask.desk.rights, reason=given["reason"])


def _assign(ask: Ask, given: Given) -> object:
    assignee = User.objects.get(pk=given["assignee"]) if given["assignee"] else None
    return flow.assign(ask.request.pk, assignee, by=ask.desk.rights)


def _take(ask: Ask, given: Given) -> object:
    return flow.assign(ask.request.pk, ask.desk.user, by=ask.desk.rights)


def _note(ask: Ask, given: Given) -> object:
    return flow.note(ask.request.pk, given["text"], public=given["public"], by=ask.desk.rights)


def _priority(ask: Ask, given: Given) -> object:
    return flow.change_priority(ask.request.pk, given["priority"], by=ask.desk.rights, note=given["note"])


def _copy(ask: Ask, given: Given) -> object:
    post = Post.objects.select_related("department").get(pk=given["post"])
    return flow.copy_to(ask.request.pk, post, by=ask.desk.rights)


def _order(ask: Ask, given: Given) -> object:
    return flow.open_order(ask.request.pk, Order(**given), by=ask.desk.rights)


def _own_order(ask: Ask, pk: int) -> WorkOrder:
    found = WorkOrder.objects.filter(pk=pk, request=ask.request).first()
    if found is None:
        raise NotFound("There is no such work order.")
    return found


def _order_done(ask: Ask, given: Given) -> object:
    return flow.complete_order(_own_order(ask, given["item"]).pk, by=ask.desk.rights)


def _order_cancelled(ask: Ask, given: Given) -> object:
    return flow.cancel_order(_own_order(ask, given["item"]).pk, by=ask.desk.rights)


def _reopen(ask: Ask, given: Given) -> object:
    return flow.reopen(ask.request.pk, by=ask.desk.rights, reason=given["reason"])


def _told(ask: Ask, given: Given) -> object:
    return flow.told(ask.request.pk, how=given["how"], by=ask.desk.rights)


def _answer(ask: Ask, given: Given) -> object:
    reply = Reply(**given, via=Satisfaction.Via.PHONE.value, language=ask.request.language)
    return flow.answer(ask.request.pk, reply, by=ask.actor)


def _photo(ask: Ask, given: Given) -> object:
    if not Media.objects.filter(pk=given["item"], request=ask.request).exists():
        raise NotFound("This photo is not there any more.")
    return flow.publish_photo(given["item"], given["public"], by=ask.desk.rights)


def _text(ask: Ask, given: Given) -> object:
    return flow.publish_text(ask.request.pk, given["text"], by=ask.desk.rights)


def _hide_text(ask: Ask, given: Given) -> object:
    return flow.publish_text(ask.request.pk, "", by=ask.desk.rights)


def _looked_at(ask: Ask, given: Given) -> object:
    if not ask.request.reviews.filter(pk=given["item"]).exists():
        raise NotFound("There is no such review.")
    return flow.resolve_review(given["item"], by=ask.desk.rights)


def _address_is_right(ask: Ask, given: Given) -> object:
    found = ask.request.reviews.filter(pk=given["item"], reason="address_far_from_pin").first()
    if found is None:
        raise NotFound("There is no such review.")
    detail = found.detail
    place = flow.Place(detail["lon"], detail["lat"], method="address", address_text=ask.request.address_text)
    return flow.move(ask.request.pk, place, by=ask.desk.rights)


def _area(ask: Ask, given: Given) -> object:
    area = (
        Area.objects.select_related("kind").filter(pk=given["item"], jurisdiction=ask.request.jurisdiction_id).first()
    )
    if area is None:
        raise NotFound("There is no such area.")
    return flow.choose_area(ask.request.pk, area, by=ask.desk.rights)


def _again(ask: Ask, given: Given) -> object:
    if ask.request.state == State.RECEIVED:
        return flow.settle(ask.request.pk)
    return flow.place_again(ask.request.pk, by=ask.desk.rights)


def _is_handed(ask: Ask) -> bool:
    """Whether somebody inside City Hall has it: only then is there a person to name."""
    return not ask.is_closed and ask.request.state not in {State.RECEIVED, State.TRIAGE, State.REFERRED}


def _may_release_text(ask: Ask) -> bool:
    shown = ask.request.is_public and ask.request.service.text_publication != Service.Publication.NEVER
    return shown and ask.may(C.PUBLISH) and bool(ask.request.description)


def _may_release_photos(ask: Ask) -> bool:
    return ask.may(C.PUBLISH)


def _may_tell(ask: Ask) -> bool:
    return ask.is_closed and ask.may(C.WORK, C.REVIEW, C.TAKE_REQUESTS)


_ALL = (
    Action("accept", _("Accept"), _("Accepted."), lambda ask: ask.may_become(State.ACCEPTED), _step(State.ACCEPTED)),
    Action("begin", _("Begin"), _("Work has begun."), lambda ask: ask.may_become(State.IN_PROGRESS),
           _step(State.IN_PROGRESS)),
    Action("done", _("Done in the field"), _("Written down as done in the field."),
           lambda ask: ask.may_become(State.DONE), _step(State.DONE), forms.Done),
    Action("close", _("Close"), _("Closed."), lambda ask: ask.may_become(State.CLOSED), _step(State.CLOSED),
           forms.Closing, confirms=True),
    Action("cancel", _("Cancel the request"), _("Cancelled."), lambda ask: ask.may_become(State.CANCELLED),
           _step(State.CANCELLED), forms.Cancelling, confirms=True),
    Action("hand_on", _("Hand on"), _("Handed on."), lambda ask: not ask.is_closed and ask.may(C.HAND_ON, C.REVIEW),
           _hand_on, forms.Handing),
    Action("refer", _("Refer to an agency"), _("Referred."), lambda ask: ask.may_become(State.REFERRED), _refer,
           forms.Referring),
    Action("triage", _("Give back to triage"), _("Given back to triage."),
           lambda ask: not ask.is_closed and ask.may_become(State.TRIAGE), _step(State.TRIAGE), forms.Bare),
    Action("take", _("Take it myself"), _("It is yours."),
           lambda ask: _is_handed(ask) and ask.may(C.WORK) and ask.request.assignee_id != ask.desk.user.pk, _take),
    Action("assign", _("Name a person"), _("Given to a person."),
           lambda ask: _is_handed(ask) and ask.may(C.WORK, C.HAND_ON, C.REVIEW), _assign, forms.Assigning),
    Action("note", _("Write a note"), _("Noted."), lambda ask: ask.may(C.WORK, C.REVIEW, C.HAND_ON, C.TAKE_REQUESTS),
           _note, forms.Noting, decides=False),
    Action("priority", _("Change the priority"), _("Priority changed."), lambda ask: ask.may(C.WORK, C.REVIEW),
           _priority, forms.Prioritizing),
    Action("copy", _("Send a copy"), _("That desk follows it from now on."),
           lambda ask: not ask.is_closed and ask.may(C.WORK, C.HAND_ON, C.REVIEW), _copy, forms.Copying, decides=False),
    Action("order", _("Give a work order"), _("Work order given."),
           lambda ask: not ask.is_closed and ask.request.department_id is not None and ask.may(C.WORK), _order,
           forms.Ordering, decides=False),
    Action("order_done", _("Done"), _("Work order done."), lambda ask: ask.may(C.WORK), _order_done, forms.Item,
           decides=False),
    Action("order_cancel", _("Cancel the order"), _("Work order cancelled."), lambda ask: ask.may(C.WORK),
           _order_cancelled, forms.Item, decides=False),
    Action("reopen", _("Open it again"), _("It is open again."), lambda ask: ask.is_closed and (
               ask.may_become(State.ASSIGNED) or ask.may_become(State.TRIAGE)), _reopen, forms.Reopening),
    Action("told", _("The resident was told"), _("Written down that the resident was told."),
           lambda ask: _may_tell(ask) and ask.request.told_at is None, _told, forms.Telling, decides=False),
    Action("answer", _("Ask for their answer"), _("Answer written down. Thank the resident."), _may_tell, _answer,
           forms.Answering, decides=False),
    Action("photo", _("Release"), _("Changed who may see the photo."), _may_release_photos, _photo, forms.PhotoRelease,
           decides=False),
    Action("text", _("Release the text"), _("The text is released."), _may_release_text, _text, forms.Releasing,
           decides=False),
    Action("hide_text", _("Hide the text"), _("The text is hidden."),
           lambda ask: _may_release_text(ask) and bool(ask.request.public_description), _hide_text, decides=False),
    Action("looked_at", _("Leave it as it is"), _("Looked at; it stays as it is."), lambda ask: ask.may(C.REVIEW),
           _looked_at, forms.Item, decides=False),
    Action("address", _("The address is right: move the pin there"), _("The pin is at the address."),
           lambda ask: ask.may(C.CORRECT), _address_is_right, forms.Item),
    Action("area", _("Choose the area"), _("Area chosen; placed and routed again."), lambda ask: ask.may(C.REVIEW),
           _area, forms.ChoosingArea),
    Action("again", _("Place and route it again"), _("Placed and routed again."), lambda ask: ask.may(C.REVIEW),
           _again),
)  # fmt: skip
ACTIONS: Mapping[str, Action] = {action.code: action for action in _ALL}
