"""Placing, changing and lifting a notice, each with a line in its history; and what those did who read it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import shapely
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db import transaction
from django.utils.translation import gettext as _

from geoserver_app.catalog.models import Service
from geoserver_app.duplicates.models import Notice, NoticeAnswer, NoticeChange
from geoserver_app.intake.models import ServiceRequest
from layers.errors import Conflict, OneMapError
from layers.metric import out_of_plane, plane_point
from layers.models import Area, Jurisdiction
from layers.srid import STORAGE_SRID

LONGEST_TEXT = 500
MOST_CORNERS = 500
# A quarter of a circle has so many corners: within one in two hundred of its true area.
_QUARTER = 16
_CHANGES = ("texts", "ends_at", "expected_at")


class BadNotice(OneMapError):
    """A notice cannot stand like this; nothing was written."""

    status = 422


@dataclass(frozen=True)
class Wording:
    """What of a notice may be changed later: what it says in each language, until when, when it should be repaired."""

    texts: Mapping[str, str]
    ends_at: datetime
    expected_at: datetime | None = None


def place(
    jurisdiction: Jurisdiction, services: Iterable[Service], wording: Wording, *, by: int, at: datetime,
    begins_at: datetime, area: Area | None = None, ground: MultiPolygon | None = None,
) -> Notice:  # fmt: skip
    """A new notice; without area and ground for the whole city. BadNotice where it says nothing or holds at no time."""
    chosen = list(services)
    if not chosen:
        raise BadNotice(_("Choose at least one service that the notice is about."))
    if any(one.sensitive for one in chosen):
        raise BadNotice(_("A notice is read by everybody: none for a sensitive service."))
    _check(wording, begins_at, at)
    with transaction.atomic():
        made = Notice.objects.create(
            jurisdiction=jurisdiction, texts=dict(wording.texts), area=area, ground=ground, begins_at=begins_at,
            ends_at=wording.ends_at, expected_at=wording.expected_at, placed_at=at, placed_by_id=by,
        )  # fmt: skip
        made.services.set(chosen)
        NoticeChange.objects.create(notice=made, kind=NoticeChange.Kind.PLACED, at=at, by_id=by)
    return made


def change(notice: Notice, wording: Wording, *, by: int, at: datetime) -> bool:
    """Says it anew; whether anything differs. Conflict for one that was lifted meanwhile."""
    with transaction.atomic():
        kept = _standing(notice)
        _check(wording, kept.begins_at, at)
        fresh: dict[str, Any] = {
            "texts": dict(wording.texts), "ends_at": wording.ends_at, "expected_at": wording.expected_at,
        }  # fmt: skip
        before = {name: _plain(getattr(kept, name)) for name in _CHANGES if getattr(kept, name) != fresh[name]}
        if not before:
            return False
        Notice.objects.filter(pk=kept.pk).update(**fresh)
        NoticeChange.objects.create(notice=kept, kind=NoticeChange.Kind.CHANGED, at=at, by_id=by, before=before)
    return True


def lift(notice: Notice, *, by: int, at: datetime) -> None:
    """Takes it away before its time. Conflict where somebody else was quicker."""
    with transaction.atomic():
        kept = _standing(notice)
        Notice.objects.filter(pk=kept.pk).update(lifted_at=at)
        NoticeChange.objects.create(notice=kept, kind=NoticeChange.Kind.LIFTED, at=at, by_id=by)


def answer(
    notice: Notice, kind: NoticeAnswer.Kind, *, key: str, channel: str, at: datetime, reason: str = "",
    request: ServiceRequest | None = None,
) -> None:  # fmt: skip
    """What somebody did who was shown it. A second answer of the same form takes the place of the first."""
    NoticeAnswer.objects.update_or_create(
        notice=notice, key=key,
        defaults={
            "kind": kind, "channel": channel, "at": at, "request": request,
            "reason": reason if kind == NoticeAnswer.Kind.ANYWAY else "",
        },
    )  # fmt: skip


def circle(jurisdiction: Jurisdiction, lon: float, lat: float, radius_m: float) -> MultiPolygon:
    """The ground within so many metres of a place (degrees), drawn in the jurisdiction's metre plane."""
    plane = plane_point(lon, lat, jurisdiction.metric_srid).buffer(radius_m, quad_segs=_QUARTER)
    return _ground(shapely.to_geojson(out_of_plane(plane, jurisdiction.metric_srid)))


def drawn(text: str, jurisdiction: Jurisdiction) -> MultiPolygon:
    """Ground that somebody drew, from GeoJSON (degrees). BadNotice for what is no ground, or none of this city."""
    try:
        ground = _ground(text)
    except (ValueError, TypeError) as wrong:
        raise BadNotice(_("What was drawn cannot be read. Draw it again.")) from wrong
    if ground.num_coords > MOST_CORNERS or not ground.valid or ground.empty:
        raise BadNotice(_("What was drawn is no plain outline: its sides must not cross. Draw it again."))
    if not ground.intersects(jurisdiction.outline):
        raise BadNotice(_("What was drawn lies outside the city. Draw it again."))
    return ground


def _ground(text: str) -> MultiPolygon:
    found = GEOSGeometry(text, srid=STORAGE_SRID)
    if isinstance(found, Polygon):
        found = MultiPolygon(found, srid=STORAGE_SRID)
    if not isinstance(found, MultiPolygon):
        raise TypeError(f"A {found.geom_type} is no ground.")
    return found


def _standing(notice: Notice) -> Notice:
    kept = Notice.objects.select_for_update().get(pk=notice.pk)
    if kept.lifted_at is not None:
        raise Conflict(_("This notice was lifted already. Place a new one where the problem is still there."))
    return kept


def _check(wording: Wording, begins_at: datetime, at: datetime) -> None:
    if not all(text.strip() and len(text) <= LONGEST_TEXT for text in wording.texts.values()) or not wording.texts:
        raise BadNotice(_("Say it in every language, in at most %s characters each.") % LONGEST_TEXT)
    if wording.ends_at <= max(begins_at, at):
        raise BadNotice(_("It must end after it begins, and later than now. To end it now, lift it."))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
