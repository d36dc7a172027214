"""Words and small pictures of the console's templates."""

from datetime import datetime, timedelta
from typing import Any

from django import template
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from geoserver_app.accounts.roles import Capability
from geoserver_app.console import words
from geoserver_app.console.clocks import moment, office_span, span
from geoserver_app.console.desk import desk_of
from geoserver_app.console.reviews import advice, sentence
from geoserver_app.intake.models import Media, ServiceRequest
from geoserver_app.notify import outbox
from geoserver_app.notify.models import Message
from geoserver_app.org.models import Named
from geoserver_app.site.templatetags.city import address
from geoserver_app.work.queue import Reason

register = template.Library()


@register.filter
def called(code: str, table: str) -> str:
    """What a code is called: ``{{ request.state|called:"state" }}``."""
    return words.say(table, code)


@register.filter
def name_of(one: Named | None) -> str:
    """A department's, desk's or service's name in the page's language."""
    return one.name_in(get_language() or "en") if one else ""


@register.filter
def in_span(length: timedelta) -> str:
    return span(length)


@register.filter
def in_office_span(length: timedelta) -> str:
    return office_span(length)


@register.filter
def in_words(reason: Reason) -> str:
    """What is the matter with a request that waits for a decision."""
    return sentence(reason.code, reason.detail)


@register.filter
def what_to_do(reason: Reason) -> str:
    """What a person can do about it."""
    return advice(reason.code)


@register.simple_tag(takes_context=True)
def address_of_request(context: template.Context, one: ServiceRequest) -> str:
    """The address of a request's page."""
    return address(context, reverse("console_request", args=[one.service_request_id]))


@register.simple_tag(takes_context=True)
def address_below(context: template.Context, one: ServiceRequest, page: str) -> str:
    """The address of a page below a request's: "place", "service", "why"."""
    return address(context, reverse(f"console_{page}", args=[one.service_request_id]))


@register.simple_tag(takes_context=True)
def address_of_action(context: template.Context, one: ServiceRequest, code: str) -> str:
    """Where the form of an action is sent."""
    return address(context, reverse("console_act", args=[one.service_request_id, code]))


@register.simple_tag(takes_context=True)
def address_of_photo(context: template.Context, one: ServiceRequest, photo: Media, size: str = "") -> str:
    """The address of a photo, small or in full."""
    return address(context, reverse("console_photo", args=[one.service_request_id, photo.pk]), size=size)


@register.simple_tag(takes_context=True)
def address_of_message(context: template.Context, message: Message) -> str:
    """The address of one message of the outbox."""
    return address(context, reverse("console_message", args=[message.pk]))


@register.simple_tag(takes_context=True)
def when(context: template.Context, at: datetime | None) -> str:
    """A moment in the office's zone, as seen from now; nothing for none."""
    desk = desk_of(context["request"])
    return moment(at, desk.zone, timezone.now()) if at else ""


@register.inclusion_tag("console/bar.html", takes_context=True)
def console_bar(context: template.Context) -> dict[str, Any]:
    """The navigation above every page of the console: what there is to do, how much of it, who one is."""
    request: HttpRequest = context["request"]
    desk = desk_of(request)
    return {
        "request": request,
        "desk": desk,
        "path": request.path,
        "counts": desk.counts if desk.may(Capability.SEE_REQUESTS) else None,
        "sees_requests": desk.may(Capability.SEE_REQUESTS),
        "takes_requests": desk.may(Capability.TAKE_REQUESTS),
        "merges": desk.may(Capability.MERGE),
        "reads_outbox": desk.may(Capability.READ_OUTBOX),
        "by_hand": _by_hand(request),
        "edits_rules": desk.may(Capability.EDIT_RULES),
        "plans": desk.may(Capability.PLAN),
        "measures": desk.may(Capability.MEASURE),
        "manages_people": desk.may(Capability.MANAGE_PEOPLE),
        "edits_geography": desk.may(Capability.EDIT_GEOGRAPHY),
        "query": request.GET.get("q", "") if request.path == reverse("console") else "",
    }


def _by_hand(request: HttpRequest) -> int | None:
    """How many calls and letters wait for somebody; None for those who make none."""
    desk = desk_of(request)
    if not desk.may(Capability.SEE_REPORTERS):
        return None
    return outbox.to_do_by_hand(desk.rights).filter(jurisdiction=desk.jurisdiction).count()
