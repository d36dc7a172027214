"""A finding, a change, a handover as a sentence, in the language of whoever reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoserver_app.gis.class_words import DECISIONS, HOLDERS, called
from layers.models import QualityChange, QualityFinding, QualityHandover

HECTARE_M2 = 10_000


def square_metres(area: float | None) -> str:
    """An area as people read it: "840 m²", "12.6 ha", "3.1 km²"; a small one with its decimals."""
    if area is None:
        return ""
    if area >= 100 * HECTARE_M2:
        return f"{number(area / 1e6, 2)} km²"
    if area >= HECTARE_M2:
        return f"{number(area / HECTARE_M2, 2)} ha"
    return f"{number(area, 0 if area >= 100 else 2)} m²"


def number(value: float, decimals: int = 0) -> str:
    return str(number_format(round(value, decimals), decimal_pos=decimals, use_l10n=True, force_grouping=True))


def sentence(one: QualityFinding) -> str:
    """What was found, in one sentence with its numbers."""
    return _SENTENCES[one.found](one, one.detail)


def _who(one: QualityFinding) -> str:
    """The code, with the name where it has another one."""
    code = one.codes[0] if one.codes else _("feature %(fid)s") % {"fid": one.fids[0] if one.fids else "?"}
    name = one.detail.get("name", "")
    return f"{code} ({name})" if name and name != code else code


def _decided(detail: dict[str, Any]) -> str:
    return called(DECISIONS, detail.get("decision") or "open")


def _invalid(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = {"who": _who(one), "reason": detail["reason"], "decision": _decided(detail)}
    if not detail["repairable"]:
        return _("%(who)s: %(reason)s; it cannot be repaired (%(decision)s).") % told
    told["area"] = square_metres(detail["repaired_m2"])
    told["change"] = f"{'+' if detail['change_m2'] >= 0 else ''}{number(detail['change_m2'], 2)} m²"
    return _("%(who)s: %(reason)s. Repaired it has %(area)s, %(change)s (%(decision)s).") % told


def _plain(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = f": {detail['told']}" if detail.get("told") else ""
    return f"{_who(one)}{told} ({_decided(detail)})"


def _stacked(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(count)s codes on %(area)s: %(codes)s") % {
        "count": detail["count"], "area": square_metres(one.area_m2), "codes": _listed(one.codes, detail["count"]),
    }  # fmt: skip


def _listed(codes: list[str], count: int | None = None) -> str:
    left = (count or len(codes)) - len(codes)
    return ", ".join(codes) + (" …" if left > 0 else "")


def _sliver(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(who)s: %(area)s, %(width)s m wide") % {
        "who": _who(one), "area": square_metres(one.area_m2), "width": number(detail["width_m"], 2),
    }  # fmt: skip


def _narrow(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(who)s: a strip %(width)s m wide and %(length)s m long, %(area)s") % {
        "who": _who(one), "width": number(detail["width_m"], 1), "length": number(detail["length_m"]),
        "area": square_metres(one.area_m2),
    }  # fmt: skip


def _enclave(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = {"who": _who(one), "area": square_metres(one.area_m2), "others": _listed(one.codes[1:])}
    if one.codes[1:]:
        return _("%(who)s has a hole of %(area)s, in which %(others)s lies.") % told
    return _("%(who)s has a hole of %(area)s, in which none of this kind lies.") % told


def _counted(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = {"code": one.codes[0] if one.codes else "", "count": number(detail["count"])}
    if one.area_m2:
        return _("“%(code)s”: %(count)s features, %(area)s") % (told | {"area": square_metres(one.area_m2)})
    return _("“%(code)s”: %(count)s features") % told


def _name_twice(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("“%(name)s” is the name of %(codes)s") % {"name": detail["name"], "codes": _listed(one.codes)}


def _with_area(one: QualityFinding, detail: dict[str, Any]) -> str:
    area = square_metres(one.area_m2)
    return f"{_who(one)}, {area}" if area else _who(one)


def _overlap(one: QualityFinding, detail: dict[str, Any]) -> str:
    names = detail.get("names") or one.codes
    pair = [f"{code} ({name})" if name and name != code else code for code, name in zip(one.codes, names, strict=True)]
    return _("%(one)s and %(other)s share %(area)s (%(share)s %% of the smaller).") % {
        "one": pair[0], "other": pair[1], "area": square_metres(one.area_m2),
        "share": number(100 * detail["of_smaller"], 2),
    }  # fmt: skip


def _gap(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = {"area": square_metres(one.area_m2), "codes": _listed(one.codes), "width": number(detail["width_m"], 1)}
    if not one.codes:
        return _("%(area)s, about %(width)s m wide") % told
    if one.found == "gap_at_limit":
        return _("%(area)s at the limit of the jurisdiction, beside %(codes)s, about %(width)s m wide") % told
    if len(one.codes) == 1:
        return _("%(area)s within %(codes)s, about %(width)s m wide") % told
    return _("%(area)s between %(codes)s, about %(width)s m wide") % told


def _across(one: QualityFinding, detail: dict[str, Any]) -> str:
    parts = [f"{code} {square_metres(area)}" for code, area in zip(detail["in"], detail["m2"], strict=True)]
    told = {"who": _who(one), "kind": detail["kind"], "parts": ", ".join(parts)}
    if not parts:
        return _("%(who)s lies in no %(kind)s.") % told
    return _("%(who)s lies in several of %(kind)s: %(parts)s") % told


def _outside(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(who)s lies %(distance)s m away.") % {"who": _who(one), "distance": number(detail["distance_m"])}


def _partly(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(who)s: %(area)s beyond the outline (%(share)s %%).") % {
        "who": _who(one), "area": square_metres(one.area_m2), "share": number(100 * (detail["share"] or 0), 1),
    }  # fmt: skip


def _shifted(one: QualityFinding, detail: dict[str, Any]) -> str:
    likely = {
        "foot": _("two kinds of foot mixed up, or a neighboring zone of a datum"),
        "datum": _("an old datum (NAD 27) read as a new one"),
        "system": _("another coordinate system"),
    }[detail["like"]]
    return _("%(distance)s m: %(east)s m east, %(north)s m north. It looks like %(likely)s.") % {
        "distance": number(detail["distance_m"], 1), "east": number(detail["east_m"], 1),
        "north": number(detail["north_m"], 1), "likely": likely,
    }  # fmt: skip


def _damaged(one: QualityFinding, detail: dict[str, Any]) -> str:
    pairs = [
        f"“{value}” → “{meant}”" if meant else f"“{value}”"
        for value, meant in zip(detail["values"], detail["meant"], strict=True)
    ]
    return _("column %(column)s of %(count)s features: %(pairs)s") % {
        "column": detail["column"], "count": number(detail["count"]), "pairs": "; ".join(pairs),
    }  # fmt: skip


def _ranges(one: QualityFinding, detail: dict[str, Any]) -> str:
    both = _(" (both sides alike)") if detail.get("both") else ""
    return f"{_who(one)}: {', '.join(detail['ranges'])}{both}"


def _half(one: QualityFinding, detail: dict[str, Any]) -> str:
    sides = {"left": _("left"), "right": _("right")}
    return f"{_who(one)}: {', '.join(sides[side] for side in detail['sides'])}"


def _number_twice(one: QualityFinding, detail: dict[str, Any]) -> str:
    return _("%(name)s: %(numbers)s on %(codes)s, %(distance)s m apart") % {
        "name": detail["name"], "numbers": detail["numbers"], "codes": _listed(one.codes),
        "distance": number(detail["distance_m"]),
    }  # fmt: skip


def _street_twice(one: QualityFinding, detail: dict[str, Any]) -> str:
    told = {"name": detail["name"], "places": detail["places"], "distance": number(detail["distance_m"])}
    if detail["numbers_repeat"]:
        return _("%(name)s in %(places)s places, up to %(distance)s m apart, with the same numbers twice") % told
    return _("%(name)s in %(places)s places, up to %(distance)s m apart") % told


_SENTENCES: dict[str, Callable[[QualityFinding, dict[str, Any]], str]] = {
    "invalid": _invalid, "empty": _plain, "wrong_type": _plain, "repeated": _plain, "stacked": _stacked,
    "sliver": _sliver, "narrow": _narrow, "enclave": _enclave, "missing_code": _plain, "duplicate_code": _counted,
    "merged": _counted, "placeholder": _counted, "placeholder_suspected": _with_area, "bad_value": _plain,
    "name_twice": _name_twice, "overlap": _overlap, "overlap_sliver": _overlap, "gap": _gap, "gap_sliver": _gap,
    "gap_at_limit": _gap,
    "not_nested": _across, "across": _across, "outside": _outside, "partly_outside": _partly, "far": _plain,
    "axes_swapped": _plain, "shifted": _shifted, "damaged_text": _damaged, "mixed_parity": _ranges,
    "reversed_range": _ranges, "zero_range": _half, "number_twice": _number_twice, "street_twice": _street_twice,
}  # fmt: skip


def change_sentence(one: QualityChange) -> str:
    """What became of one feature."""
    told = {
        "code": one.code or one.old_code, "old": one.old_code, "name": one.name, "old_name": one.old_name,
        "gained": square_metres(one.gained_m2 or 0.0), "lost": square_metres(one.lost_m2 or 0.0),
        "metres": number(one.moved_m or 0.0, 1),
    }  # fmt: skip
    if one.what == QualityChange.What.RENUMBERED:
        return _("%(old)s is now %(code)s") % told
    if one.what == QualityChange.What.RENAMED:
        return _("%(code)s: “%(old_name)s” is now “%(name)s”") % told
    if one.what == QualityChange.What.MOVED:
        if one.moved_m is not None:
            return _("%(code)s: moved by %(metres)s m") % told
        return _("%(code)s: gains %(gained)s, loses %(lost)s") % told
    area = one.gained_m2 or one.lost_m2
    name = one.name or one.old_name
    shown = f"{told['code']} ({name})" if name and name != told["code"] else str(told["code"])
    return f"{shown}, {square_metres(area)}" if area else shown


def handover_sentence(one: QualityHandover) -> str:
    """What goes from where to where; for what names an area: whose area is gone or has another border."""
    told = {
        "what": called(HOLDERS, one.holder), "count": number(one.count), "old": _areas(one.old_codes),
        "new": _areas(one.new_codes),
    }  # fmt: skip
    if one.holds_up:
        if one.new_codes:
            return _("%(what)s: %(count)s of %(old)s, which is gone; proposed: %(new)s") % told
        return _("%(what)s: %(count)s of %(old)s, which is gone without a successor") % told
    if one.old_codes == one.new_codes:
        return _("%(what)s: %(count)s of %(old)s, whose border moved") % told
    return _("%(what)s: %(count)s from %(old)s to %(new)s") % told


def _areas(codes: list[str]) -> str:
    return ", ".join(codes) if codes else _("none")


def counted(counts: dict[str, int]) -> str:
    """Counts of severities in words: "2 faults, 14 warnings, 30 notes"."""
    words = [
        ngettext("%(count)s fault", "%(count)s faults", counts.get("error", 0)) % {"count": counts.get("error", 0)},
        ngettext("%(count)s warning", "%(count)s warnings", counts.get("warning", 0))
        % {"count": counts.get("warning", 0)},
        ngettext("%(count)s note", "%(count)s notes", counts.get("note", 0)) % {"count": counts.get("note", 0)},
    ]
    return ", ".join(words)
