"""What a stage could not decide, in words: what is the matter, what to do about it, and by which ways it is settled."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from geoserver_app.console.words import say
from geoserver_app.intake.models import Review
from geoserver_app.link.models import Membership
from geoserver_app.maps.contents import natural
from geoserver_app.maps.words import one_of
from geoserver_app.route.words import Words
from layers.models import AreaShape, Kind

METRES_PER_FOOT = 0.3048
# Kinds by which work is divided; nobody needs to choose a census tract.
CHOSEN_KINDS = ("beat", "neighborhood", "council_district", "maintenance_zone")

# The ways to settle a review, as the templates know them.
PLACE, HAND_ON, REFER, AREA, ADDRESS, AGAIN, LOOKED_AT = (
    "place", "hand_on", "refer", "area", "address", "again", "looked_at",
)  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """What to do about a reason, and the ways that fit it, the likeliest first."""

    what_to_do: Promise
    ways: tuple[str, ...]


_ADVICE: Mapping[str, Advice] = {
    "no_place": Advice(
        gettext_lazy("Set the place on the map or by an address; ask the resident if you must."), (PLACE, LOOKED_AT)
    ),
    "outside": Advice(
        gettext_lazy("Refer it to whoever looks after the place, or move the pin if it is wrong."),
        (REFER, PLACE, LOOKED_AT),
    ),
    "in_gap": Advice(
        gettext_lazy("Choose the area that looks after the place, or move the pin."), (AREA, PLACE, LOOKED_AT)
    ),
    "address_far_from_pin": Advice(
        gettext_lazy("Decide which of the two is right."), (ADDRESS, PLACE, LOOKED_AT)
    ),
    "near_line": Advice(
        gettext_lazy("Look at the map, ask the resident if need be, then set the exact place or hand it on."),
        (PLACE, HAND_ON, LOOKED_AT),
    ),
    "near_border": Advice(
        gettext_lazy("Choose the area that it belongs to, or set the exact place."), (AREA, PLACE, LOOKED_AT)
    ),
    "ambiguous": Advice(gettext_lazy("Choose the area that it belongs to."), (AREA, LOOKED_AT)),
    "no_rule": Advice(gettext_lazy("Hand it on to the department whose work it is."), (HAND_ON, REFER, LOOKED_AT)),
    "no_rules": Advice(gettext_lazy("Hand it on; and have rules put in force."), (HAND_ON, AGAIN, LOOKED_AT)),
    "sent_to_triage": Advice(
        gettext_lazy("Hand it on to the department whose work it is."), (HAND_ON, REFER, LOOKED_AT)
    ),
    "nobody_to_tell": Advice(
        gettext_lazy("Call the desk, or hand it on to another; and have its mailbox entered."), (HAND_ON, LOOKED_AT)
    ),
    "mail_failed": Advice(
        gettext_lazy("Look at the message in the outbox; call whoever did not get it."), (LOOKED_AT,)
    ),
    "forward_failed": Advice(
        gettext_lazy("Call the agency, or hand it on; have its endpoint put right."), (HAND_ON, REFER, LOOKED_AT)
    ),
    "stage_failed": Advice(
        gettext_lazy("Have it placed and routed again; if that fails too, hand it on and tell your administrator."),
        (AGAIN, HAND_ON, LOOKED_AT),
    ),
}  # fmt: skip
_OTHER = Advice(gettext_lazy("Look at it, then decide."), (HAND_ON, PLACE, LOOKED_AT))


@dataclass(frozen=True)
class Matter:
    """One open review on a request's page. ``detail`` is what the stage knew."""

    review_id: int
    reason: str
    sentence: str
    what_to_do: str
    ways: tuple[str, ...]
    detail: Mapping[str, Any]
    since: datetime


def matters(reviews: Iterable[Review]) -> list[Matter]:
    """The open reviews of a request, each with what to do about it."""
    return [_matter(one) for one in reviews]


def _matter(review: Review) -> Matter:
    advice = _ADVICE.get(review.reason, _OTHER)
    return Matter(
        review_id=review.pk,
        reason=review.reason,
        sentence=sentence(review.reason, review.detail),
        what_to_do=str(advice.what_to_do),
        ways=advice.ways,
        detail=review.detail,
        since=review.created_at,
    )


def sentence(reason: str, detail: Mapping[str, Any]) -> str:
    """What is the matter, in the page's language; a reason that is not known here is told by its code."""
    known = _SENTENCES.get(reason)
    return known(detail) if known else _("It waits for a decision (%s).") % reason


def advice(reason: str) -> str:
    """What to do about a reason, in the page's language."""
    return str(_ADVICE.get(reason, _OTHER).what_to_do)


def _no_place(detail: Mapping[str, Any]) -> str:
    if detail.get("address"):
        return _("The address “%s” was not found.") % str(detail["address"])
    return _("Nobody said where it is.")


def _outside(detail: Mapping[str, Any]) -> str:
    whose = detail.get("municipality") or {}
    name, telephone = whose.get("name") or whose.get("contact", ""), whose.get("telephone", "")
    if name and telephone:
        return _("The place lies outside the city: %(name)s looks after it, telephone %(telephone)s.") % {
            "name": name, "telephone": telephone,
        }  # fmt: skip
    return (
        _("The place lies outside the city: %s looks after it.") % name
        if name
        else _("The place lies outside the city.")
    )


def _in_gap(detail: Mapping[str, Any]) -> str:
    kind = one_of(Kind(code=detail.get("kind", ""), name=detail.get("kind", "")))
    return _("%s: none covers this place.") % kind


def _far(detail: Mapping[str, Any]) -> str:
    feet = round(float(detail.get("metres", 0)) / METRES_PER_FOOT / 10) * 10
    return _("The pin is %(feet)s ft from its address, %(address)s.") % {
        "feet": f"{feet:,}", "address": detail.get("address", ""),
    }  # fmt: skip


def _near_line(detail: Mapping[str, Any]) -> str:
    words = Words(get_language() or "en")
    grounds = words.all_of(words.say(code) for code in detail.get("doubt", []))
    return _("The pin is nearer to a line than it is exact, so the map does not decide (%s). The safe desk has it.") % (
        grounds
    )


def _nobody(detail: Mapping[str, Any]) -> str:
    return _("Nobody could be told at: %s.") % ", ".join(detail.get("desks", []))


def _mail(detail: Mapping[str, Any]) -> str:
    return _("A message could not be delivered: %(kind)s, to: %(to)s.") % {
        "kind": say("message_kind", str(detail.get("kind", ""))), "to": say("recipient", str(detail.get("to", ""))),
    }  # fmt: skip


def _forward(detail: Mapping[str, Any]) -> str:
    return _("It could not be sent to %(agency)s: %(error)s") % {
        "agency": detail.get("agency", ""), "error": detail.get("error", ""),
    }  # fmt: skip


def _plain(text: Promise) -> Callable[[Mapping[str, Any]], str]:
    return lambda _detail: str(text)


_SENTENCES: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "no_place": _no_place,
    "outside": _outside,
    "in_gap": _in_gap,
    "address_far_from_pin": _far,
    "near_line": _near_line,
    "near_border": _plain(gettext_lazy("The place is close to a border.")),
    "ambiguous": _plain(gettext_lazy("Several areas claim the place.")),
    "no_rule": _plain(gettext_lazy("No rule says who gets it.")),
    "no_rules": _plain(gettext_lazy("No rules are in force.")),
    "sent_to_triage": _plain(gettext_lazy("A rule asks for somebody to decide who gets it.")),
    "nobody_to_tell": _nobody,
    "mail_failed": _mail,
    "forward_failed": _forward,
    "stage_failed": _plain(gettext_lazy("A step failed with an error; nothing that was reported is lost.")),
}


@dataclass(frozen=True)
class AreaChoice:
    """A kind of area in which a place may belong to several: how it stands now, and what may be chosen."""

    kind_code: str
    title: str
    now: str
    areas: tuple[tuple[int, str], ...]


def area_choices(memberships: Iterable[Membership]) -> list[AreaChoice]:
    """The kinds of which staff may choose another area, or any where the place lies in a gap. Two queries at most."""
    rows = [one for one in memberships if one.kind.code in CHOSEN_KINDS]
    gaps = {one.kind_id for one in rows if one.area_id is None}
    named = {pk for one in rows for pk in (one.area_id, *one.alternatives) if pk}
    wanted = AreaShape.objects.filter(Q(area__in=named) | Q(kind__in=gaps), in_force=True).select_related("kind")
    if not rows:
        return []
    shapes = list(wanted.defer("geom").values_list("area_id", "kind_id", "name", "area__code"))
    names = {pk: name or code for pk, _kind, name, code in shapes}
    kinds = Kind.objects.in_bulk({one.kind_id for one in rows})
    choices = []
    for one in rows:
        others = (
            [pk for pk, kind, _name, _code in shapes if kind == one.kind_id]
            if one.area_id is None
            else (one.alternatives)
        )
        areas = tuple(sorted(((pk, names[pk]) for pk in others if pk in names), key=lambda area: natural(area[1])))
        if areas:
            kind = kinds[one.kind_id]
            choices.append(AreaChoice(kind.code, one_of(kind), names.get(one.area_id or 0, ""), areas))
    return choices
