"""Drawing in a draft: a copy of what is in force, areas drawn, redrawn and taken out. Nothing else is ever drawn in.

A redrawn area gets a new shape, as from a file; the one before leaves the draft, and goes for good where it stood in no
other edition. What is in force, or was, is left as it is: only the newest draft of a kind is open to this, because a
later one was compared with it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from django.contrib.gis.geos import GEOSGeometry
from django.db import transaction
from django.db.models import BooleanField, F, Func, QuerySet, Value
from django.utils import timezone
from django.utils.text import slugify
from psycopg import sql
from psycopg.types.multirange import Int4Multirange
from psycopg.types.range import Int4Range
from shapely.validation import explain_validity

from layers import content, geometry, ground
from layers.bulk import run
from layers.commit import next_seq
from layers.errors import BadFile, Conflict, NotFound
from layers.models import Area, AreaBorder, AreaPiece, AreaShape, Edition, Kind
from layers.tables import MAX_CODE, TABLES

MOST_VERTICES = 100_000
_LIKE = (
    "update {shape} set editions = editions - {from_here} where kind_id = %(kind)s and editions @> %(seq)s::int4"
    "  and not editions @> %(base)s::int4;"
    "update {shape} set editions = editions + {from_here} where kind_id = %(kind)s and editions @> %(base)s::int4"
    "  and not editions @> %(seq)s::int4"
)
_FROM_HERE = sql.SQL("int4multirange(int4range(%(seq)s, null))")


class CannotDraw(Conflict):
    """An edition is not open to drawing."""


class BadShape(BadFile):
    """What was drawn cannot be an area."""


def copy_of_current(kind: Kind, *, source: str) -> Edition:
    """A new draft of a kind with everything that is in force today; ``source`` says whose drawing it will be."""
    with transaction.atomic():
        Kind.objects.select_for_update().get(pk=kind.pk)
        base = Edition.objects.filter(kind=kind, is_current=True).first()
        if base is None:
            raise CannotDraw(f"Nothing of {kind.code} is in force: load a file first.")
        edition = Edition.objects.create(
            kind=kind, seq=next_seq(kind), source=source[:255], source_sha256="0" * 64, source_crs="EPSG:4326 WGS 84",
            accuracy_m=base.accuracy_m, loaded_at=timezone.now(), report={"drawn_from": base.pk, "drawn": []},
        )  # fmt: skip
        shape = sql.Identifier(TABLES[kind.feature_class].shape_table)
        parameters = {"kind": kind.pk, "seq": edition.seq, "base": base.seq}
        for part in _LIKE.split(";"):
            run(sql.SQL(part).format(shape=shape, from_here=_FROM_HERE), parameters)
    return edition


def draw(edition: Edition, code: str, name: str, geojson: str, *, by: str) -> AreaShape:
    """Draws an area of a draft, new or in place of its outline; ``geojson`` is a geometry in degrees.

    CannotDraw for what is no open draft, BadShape with the reason for what cannot be an area.
    """
    code, name = code.strip(), name.strip()[:200]
    if not code or len(code) > MAX_CODE:
        raise BadShape(f"An area has a code of 1 to {MAX_CODE} characters.")
    outline = _outline(geojson, edition.kind)
    with transaction.atomic():
        kind = _open(edition)
        area = _area(kind, code, name)
        before = shapes_of(edition).filter(area=area).first()
        attributes = before.attributes if before is not None else {}
        digest = content.hashes(np.array([outline], dtype=object), [(name or code, attributes)], kind.width_m)[0]
        drawn = AreaShape.objects.filter(area=area, content_hash=digest).first()
        if before is not None and (drawn is None or before.pk != drawn.pk):
            _leave(before, edition)
        if drawn is None:
            drawn = _insert(area, kind, edition, name or code, outline, digest, attributes)
        elif before is None or before.pk != drawn.pk:
            _stand(drawn.pk, "+", edition)
        ground.lay(kind, edition.seq)
        _noted(edition, "drawn", code, by)
    return drawn


def take_out(edition: Edition, code: str, *, by: str) -> None:
    """Takes an area out of a draft. NotFound where it does not stand in it."""
    with transaction.atomic():
        _open(edition)
        shape = shapes_of(edition).filter(area__code=code).first()
        if shape is None:
            raise NotFound(f"There is no area '{code}' in edition {edition.pk}.")
        _leave(shape, edition)
        _noted(edition, "taken out", code, by)


def shapes_of(edition: Edition) -> QuerySet[AreaShape]:
    """The shapes that stand in an edition of areas."""
    return AreaShape.objects.filter(StandsIn(F("editions"), Value(edition.seq)), kind=edition.kind_id)


class StandsIn(Func):
    """True where a multirange of edition numbers holds a number. (Django's ``contains`` would compare texts here.)"""

    template = "(%(expressions)s)"
    arg_joiner = " @> "
    output_field = BooleanField()


def is_open(edition: Edition) -> bool:
    """Whether an edition may be drawn in: a draft of areas after which nothing of its kind was loaded."""
    later = Edition.objects.filter(kind=edition.kind_id, seq__gt=edition.seq).exists()
    is_area = edition.kind.feature_class == Kind.FeatureClass.AREA
    return is_area and edition.state == Edition.State.DRAFT and not later


def _open(edition: Edition) -> Kind:
    """The kind of an open draft, locked against loads and activations."""
    kind = Kind.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=edition.kind_id)
    edition.refresh_from_db(fields=["state", "report"])
    if edition.state != Edition.State.DRAFT:
        raise CannotDraw(f"Edition {edition.pk} is {edition.state}: what is in force, or was, never changes.")
    if not is_open(edition):
        raise CannotDraw(f"After edition {edition.pk} another one of {kind.code} was loaded: draw in that one.")
    return kind


def _outline(geojson: str, kind: Kind) -> Any:
    try:
        shape = shapely.from_geojson(geojson)
    except shapely.GEOSException as error:
        raise BadShape("This is no GeoJSON geometry.") from error
    if shape is None or shape.is_empty or not np.isfinite(shapely.get_coordinates(shape)).all():
        raise BadShape("The outline is empty.")
    if shapely.get_num_coordinates(shape) > MOST_VERTICES:
        raise BadShape(f"The outline has more than {MOST_VERTICES:,} corners.")
    fits, unfit = geometry.conform(np.array([shapely.force_2d(shape)], dtype=object), kind.geometry)
    if unfit[0]:
        raise BadShape(f"An area of {kind.code} is a {kind.geometry}, not a {shape.geom_type}.")
    if not shape.is_valid:
        raise BadShape(f"The outline crosses or touches itself: {explain_validity(shape)}.")
    west, south, east, north = kind.jurisdiction.outline.extent
    if not shape.intersects(shapely.box(west, south, east, north)):
        raise BadShape("The outline lies outside of the city. Longitude comes first.")
    return geometry.canonical(fits)[0]


def _area(kind: Kind, code: str, name: str) -> Area:
    found = Area.objects.filter(kind=kind, code=code).first()
    if found is not None:
        return found
    slug = slugify(name)[:90] or slugify(code)[:90] or "area"
    if Area.objects.filter(kind=kind, slug=slug).exists():
        slug = f"{slug[:60]}-{slugify(code)[:40] or kind.pk}"
    return Area.objects.create(kind=kind, jurisdiction=kind.jurisdiction, code=code, slug=slug)


def _insert(
    area: Area, kind: Kind, edition: Edition, name: str, outline: Any, digest: bytes, attributes: dict[str, Any]
) -> AreaShape:
    return AreaShape.objects.create(
        area=area, kind=kind, name=name, attributes=attributes, content_hash=digest, in_force=None,
        editions=Int4Multirange([Int4Range(edition.seq, None)]),
        geom=GEOSGeometry(memoryview(shapely.to_wkb(outline)), srid=4326),
    )  # fmt: skip


def _leave(shape: AreaShape, edition: Edition) -> None:
    """The shape stands in the draft no longer; one that never stood in another edition is deleted."""
    _stand(shape.pk, "-", edition)
    shape.refresh_from_db(fields=["editions"])
    if not list(shape.editions):
        AreaPiece.objects.filter(shape=shape).delete()
        AreaBorder.objects.filter(shape=shape).delete()
        shape.delete()


def _stand(shape_id: int, sign: str, edition: Edition) -> None:
    statement = sql.SQL("update layers_areashape set editions = editions {} {} where id = %(id)s")
    run(statement.format(sql.SQL(sign), _FROM_HERE), {"id": shape_id, "seq": edition.seq})


def _noted(edition: Edition, what: str, code: str, by: str) -> None:
    """Keeps in the draft's report who drew what."""
    line = {"what": what, "code": code, "by": by, "at": timezone.now().isoformat()}
    edition.report = edition.report | {"drawn": [*edition.report.get("drawn", []), line]}
    edition.save(update_fields=["report"])
