"""Why two reports may be about one thing, in words, in the language of the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoserver_app.duplicates.candidates import Candidate

FOOT = 0.3048
# Words are told as alike from here on; below, two people simply say things differently.
ALIKE = 0.5


def distance(metres: float) -> str:
    """ "at the same spot", "40 ft away"."""
    feet = round(metres / FOOT / 10) * 10
    return _("%(feet)s ft away") % {"feet": feet} if feet else _("at the same spot")


def ago(days: float) -> str:
    """ "reported today", "reported 3 days before"."""
    whole = int(days)
    if not whole:
        return _("reported within a day")
    return ngettext("reported %(days)s day before", "reported %(days)s days before", whole) % {"days": whole}


def since(days: float) -> str:
    """The same, told to somebody who is about to report it: "reported 3 days ago"."""
    whole = int(days)
    if not whole:
        return _("reported within a day")
    return ngettext("reported %(days)s day ago", "reported %(days)s days ago", whole) % {"days": whole}


def reasons(one: Candidate) -> list[str]:
    """What speaks for it, the strongest first, and what speaks against it."""
    found = [_("the same one of the city's things")] if one.same_asset else []
    found += [distance(one.metres), ago(one.days)]
    found += [_("the same parcel")] if one.same_parcel else []
    found += [_("much the same words")] if one.alike >= ALIKE else []
    found += [_("the same number or answer was given")] if one.same_answers else []
    found += [] if one.is_own else [_("another service that may mean the same")]
    found += [_("but a different number was given")] if one.other_answers else []
    return found
