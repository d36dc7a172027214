"""What the classes of finding are called, and what an analyst can do about each."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Words:
    """A class's name, and what it means and asks for."""

    title: Promise
    hint: Promise


CLASSES: dict[str, Words] = {
    "invalid": Words(
        _("Invalid outlines"), _("Rings that cross or touch themselves. “Repair” makes them sound; see what it does.")
    ),
    "empty": Words(_("Without an outline"), _("Records that have a number and no ground.")),
    "wrong_type": Words(_("Another type of geometry"), _("Lines among polygons, or collections of several types.")),
    "repeated": Words(_("Exact repeats"), _("The same feature twice; the second was left out.")),
    "stacked": Words(
        _("Stacked outlines"), _("Several codes on exactly the same ground: a condominium's units, or a mistake.")
    ),
    "sliver": Words(_("Slivers"), _("Smaller than 1 m², or thinner than 0.2 m: left over from an overlay.")),
    "narrow": Words(
        _("Narrow strips"), _("Parts of an area under 5 m wide: a spike of the drawing, or annexed on purpose.")
    ),
    "enclave": Words(_("Enclaves"), _("Holes in an area, and who lies in them.")),
    "missing_code": Words(_("Without a code"), _("Nothing can refer to them.")),
    "duplicate_code": Words(
        _("One code, several features"), _("Parts of one feature (say merge: true) or a placeholder for “none”.")
    ),
    "merged": Words(_("Parts united"), _("The crosswalk says that features with one code are parts of one.")),
    "placeholder": Words(_("Placeholder codes"), _("The crosswalk names them as no features; they were left out.")),
    "placeholder_suspected": Words(
        _("Codes that look like “none”"), _("If they are none, name them under placeholder_codes in the crosswalk.")
    ),
    "bad_value": Words(_("Values that do not fit"), _("A column holds something else than its place here can.")),
    "name_twice": Words(_("One name, several areas"), _("Usual for parts that lie apart; otherwise one is misnamed.")),
    "overlap": Words(
        _("Overlaps"), _("Two of them lie on the same ground. Correct the border, or say which goes first.")
    ),
    "overlap_sliver": Words(_("Slivers of overlap"), _("Under 1 m² or 1 m wide: two drawings of one border.")),
    "gap": Words(_("Gaps"), _("Ground between them that lies in none.")),
    "gap_at_limit": Words(
        _("Free ground at the limit"),
        _("The layer ends before the jurisdiction does, or their limits are two drawings."),
    ),
    "gap_sliver": Words(_("Slivers of gap"), _("Under 1 m² or 1 m wide: two drawings of one border.")),
    "not_nested": Words(_("Not nested"), _("The kind says that each lies in one area of another kind; these do not.")),
    "across": Words(
        _("Parcels across borders"), _("Their requests go to one side or the other by where the pin lies.")
    ),
    "outside": Words(_("Outside the jurisdiction"), _("Wholly beyond its outline.")),
    "partly_outside": Words(_("Partly outside"), _("More than 1 % beyond the outline of the jurisdiction.")),
    "far": Words(_("Far away"), _("More than a degree from the jurisdiction: another place, or a wrong number.")),
    "axes_swapped": Words(_("Axes swapped"), _("With longitude and latitude exchanged they would lie here.")),
    "shifted": Words(
        _("The whole layer is shifted"), _("A wrong datum or foot moves everything alike. Check the .prj.")
    ),
    "damaged_text": Words(_("Damaged text"), _("Read in another encoding than it was written in: say --encoding.")),
    "mixed_parity": Words(_("Odd and even mixed"), _("One side of a block has odd or even numbers, not both.")),
    "reversed_range": Words(_("Ranges that run backwards"), _("From the higher to the lower number along the line.")),
    "zero_range": Words(_("Half a range"), _("0 or nothing at one end of a side that has a number at the other.")),
    "number_twice": Words(_("A number twice"), _("The same house number stands on two segments of a street.")),
    "street_twice": Words(_("Streets in two places"), _("Stretches of one name that lie more than 250 m apart.")),
}
SECTIONS: dict[str, Promise] = {
    "geometry": _("Outlines"),
    "codes": _("Codes and names"),
    "siblings": _("Overlaps and gaps"),
    "nesting": _("Nesting"),
    "place": _("Place"),
    "text": _("Text"),
    "streets": _("Streets and house numbers"),
}
SEVERITIES: dict[str, Promise] = {"error": _("Fault"), "warning": _("Warning"), "note": _("Note")}
STEPS: dict[str, Promise] = {
    "reading": _("Reading the edition"),
    "staged": _("The file's own features"),
    "outlines": _("Each outline"),
    "siblings": _("Overlaps and gaps"),
    "nesting": _("Nesting"),
    "streets": _("Streets and house numbers"),
    "change": _("What it changes"),
}
HOLDERS: dict[str, Promise] = {
    "addresses": _("Addresses"),
    "streets": _("Street segments"),
    "open_requests": _("Open requests"),
    "rules": _("Routing rules"),
    "scopes": _("Log-ins limited to areas"),
}
CHANGES: dict[str, Promise] = {
    "added": _("Added"),
    "gone": _("Gone"),
    "renumbered": _("Renumbered"),
    "renamed": _("Renamed"),
    "moved": _("Border moved"),
    "attributes": _("Other values"),
    "unchanged": _("Unchanged"),
}
STATES: dict[str, Promise] = {
    "draft": _("draft"),
    "active": _("in force"),
    "withdrawn": _("withdrawn"),
    "past": _("past"),
}
DECISIONS: dict[str, Promise] = {
    "repaired": _("repaired"),
    "dropped": _("dropped"),
    "left_out": _("left out"),
    "merged": _("united with another"),
    "open": _("nobody decided yet"),
}


def called(table: dict[str, Promise], code: str) -> str:
    """What a code is called; the code itself where no word is kept for it (a package of another city's)."""
    return str(table.get(code, code))
