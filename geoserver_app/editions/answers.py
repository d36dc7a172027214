"""What an analyst answers before a draft may come in: findings looked at, successions confirmed, holders set aside."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from psycopg import sql

from geoserver_app.accounts.models import User
from geoserver_app.editions import holdups
from geoserver_app.editions.models import AcceptedClass, SetAside
from layers.bulk import rows_of
from layers.drawing import shapes_of
from layers.errors import BadFile, Conflict
from layers.models import Area, Edition, Succession

# Of the older area's ground (degrees are as good as meters for a share), what the newer one takes.
_SHARE = sql.SQL(
    "select ST_Area(ST_Intersection(o.geom, n.geom, 1e-9)) / nullif(ST_Area(o.geom), 0)"
    " from layers_areashape n, (select geom from layers_areashape where area_id = %(old)s and kind_id = %(kind)s"
    "  order by in_force desc nulls last, id desc limit 1) o"
    " where n.area_id = %(new)s and n.kind_id = %(kind)s and n.editions @> %(seq)s::int4"
)


class NotADraft(Conflict):
    """What is in force, or was, is not answered about any more."""


def give(
    edition: Edition,
    *,
    accepted: Iterable[str],
    successors: dict[int, set[int]],
    aside: Iterable[tuple[int, str, str]],
    by: User | None,
    at: datetime,
) -> None:
    """Keeps all answers about a draft as they are given, in place of those before; NotADraft for any other edition.

    ``accepted`` are classes of finding, ``successors`` areas of the draft by the one that is gone (none: not answered),
    ``aside`` are (area, holder, key). BadFile for a successor that shares no ground with it.
    """
    with transaction.atomic():
        locked = Edition.objects.select_for_update().get(pk=edition.pk)
        if locked.state != Edition.State.DRAFT:
            raise NotADraft(f"Edition {edition.pk} is {locked.state}: answers are about drafts.")
        _accept(edition, set(accepted), by, at)
        for old, new in successors.items():
            _succeed(edition, old, new)
        _set_aside(edition, set(aside), by, at)


def _accept(edition: Edition, codes: set[str], by: User | None, at: datetime) -> None:
    AcceptedClass.objects.filter(edition=edition).exclude(found__in=codes).delete()
    for one in holdups.classes(edition):
        if one.code in codes and not one.accepted:
            values = {"count": one.count, "by": by, "at": at}
            AcceptedClass.objects.update_or_create(edition=edition, found=one.code, defaults=values)


def _succeed(edition: Edition, old: int, new: set[int]) -> None:
    ours = Succession.objects.filter(edition=edition, old=old)
    ours.exclude(new__in=new).update(confirmed=False)
    ours.filter(new__in=new).update(confirmed=True)
    for pk in sorted(new - set(ours.values_list("new", flat=True))):
        Succession.objects.create(
            edition=edition, old_id=old, new_id=pk, share=_share(edition, old, pk), confirmed=True
        )


def _share(edition: Edition, old: int, new: int) -> float:
    rows = rows_of(_SHARE, {"old": old, "new": new, "kind": edition.kind_id, "seq": edition.seq})
    share = float(rows[0][0] or 0) if rows else 0.0
    if share <= 0:
        codes = dict(Area.objects.filter(pk__in=[old, new]).values_list("pk", "code"))
        raise BadFile(
            f"'{codes.get(new, new)}' takes no ground of '{codes.get(old, old)}': it cannot be what became of it."
        )
    return min(share, 1.0)


def _set_aside(edition: Edition, keys: set[tuple[int, str, str]], by: User | None, at: datetime) -> None:
    there = {(one.area_id, one.holder, one.key): one.pk for one in SetAside.objects.filter(edition=edition)}
    SetAside.objects.filter(pk__in=[pk for key, pk in there.items() if key not in keys]).delete()
    known = {(one.area.pk, one.holder, one.key) for one in holdups.held(edition)}
    SetAside.objects.bulk_create(
        SetAside(edition=edition, area_id=area, holder=holder, key=key, by=by, at=at)
        for area, holder, key in sorted((keys & known) - set(there))
    )


def areas_of(edition: Edition) -> list[tuple[int, str, str]]:
    """(id, code, name) of every area that stands in a draft, by code."""
    shapes = shapes_of(edition).order_by("area__code")
    return [(pk, code, name) for pk, code, name in shapes.values_list("area_id", "area__code", "name")]
