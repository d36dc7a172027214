"""What codes are called on the console's pages: states, channels, priorities, ways of telling."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

Texts = Mapping[str, Promise]

STATES: Texts = {
    "received": pgettext_lazy("state of a request", "Received"),
    "triage": pgettext_lazy("state of a request", "In triage"),
    "assigned": pgettext_lazy("state of a request", "Assigned"),
    "accepted": pgettext_lazy("state of a request", "Accepted"),
    "in_progress": pgettext_lazy("state of a request", "In progress"),
    "referred": pgettext_lazy("state of a request", "Referred"),
    "done": pgettext_lazy("state of a request", "Done in the field"),
    "closed": pgettext_lazy("state of a request", "Closed"),
    "cancelled": pgettext_lazy("state of a request", "Cancelled"),
}
PRIORITIES: Texts = {
    "low": pgettext_lazy("priority", "Low"),
    "normal": pgettext_lazy("priority", "Normal"),
    "high": pgettext_lazy("priority", "High"),
    "urgent": pgettext_lazy("priority", "Urgent"),
}
CHANNELS: Texts = {
    "web": _("Web page"),
    "phone": _("Telephone"),
    "walk_in": _("At the counter"),
    "conversation": _("Conversation"),
    "email": _("E-mail"),
    "fax": _("Fax"),
    "mail": _("Letter"),
    "voicemail": _("Voicemail"),
    "touch_tone": _("Touch tone"),
    "social_media": _("Social media"),
    "meeting": _("Meeting"),
    "open311": _("Open311"),
    "field_staff": _("Field staff"),
}
PLACE_METHODS: Texts = {
    "pin": _("pin on the map"),
    "device": _("position of the device"),
    "address": _("found by its address"),
    "asset": _("pressed on the map: one of the city's things"),
    "photo": _("position in the photo"),
    "none": _("no place given"),
}
TELL_BY: Texts = {
    "none": _("does not want to be told"),
    "email": _("wants to be told by e-mail"),
    "text": _("wants to be told by text message"),
    "phone": _("wants to be called"),
    "post": _("wants a letter"),
}
TELLING: Texts = {
    "phone": _("by telephone"),
    "counter": _("at the counter"),
    "email": _("by e-mail"),
    "text": _("by text message"),
    "post": _("by letter"),
}
RESOLVED: Texts = {"yes": _("Yes, it is resolved"), "partly": _("Partly"), "no": _("No, it is not")}
RATINGS: Texts = {
    "": _("Not said"),
    "courteous": _("Courteous"),
    "discourteous": _("Discourteous"),
    "other": _("Other"),
}
LANGUAGES: Texts = {"en": _("English"), "es": _("Spanish")}
MESSAGE_KINDS: Texts = {
    "liaison_new": _("New request, to its desk"),
    "copy": _("New request, copy"),
    "handed_on": _("Handed on"),
    "agency": _("Referred to an agency"),
    "triage_failed": _("Needs a decision"),
    "receipt": _("Receipt"),
    "stage": _("Next stage"),
    "note": _("Public note"),
    "closed": _("Closing"),
    "reopened": _("Reopened"),
    "details_added": _("Details added"),
    "layer": _("A layer's file was fetched"),
}
MESSAGE_CHANNELS: Texts = {
    "email": _("E-mail"),
    "text": _("Text message"),
    "phone": _("Call"),
    "post": _("Letter"),
}
MESSAGE_STATES: Texts = {
    "pending": pgettext_lazy("state of a message", "Waits"),
    "sending": pgettext_lazy("state of a message", "On its way"),
    "sent": pgettext_lazy("state of a message", "Sent"),
    "failed": pgettext_lazy("state of a message", "Failed"),
    "suppressed": pgettext_lazy("state of a message", "Not sent any more"),
}
RECIPIENTS: Texts = {
    "reporter": _("The reporter"),
    "post": _("A desk"),
    "user": _("A person of staff"),
    "agency": _("An agency"),
}
TABLES: Mapping[str, Texts] = {
    "state": STATES,
    "priority": PRIORITIES,
    "channel": CHANNELS,
    "place_method": PLACE_METHODS,
    "tell_by": TELL_BY,
    "telling": TELLING,
    "resolved": RESOLVED,
    "rating": RATINGS,
    "language": LANGUAGES,
    "message_kind": MESSAGE_KINDS,
    "message_channel": MESSAGE_CHANNELS,
    "message_state": MESSAGE_STATES,
    "recipient": RECIPIENTS,
}


def say(table: str, code: str) -> str:
    """What a code of a table is called in the page's language; a code that is not there stands for itself."""
    return str(TABLES[table].get(code, code))
