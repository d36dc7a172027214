"""Who follows a request without having it: by a rule when it is opened or routed anew, or by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from geoserver_app.accounts.roles import Capability
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.models import Post
from geoserver_app.work.actor import Actor
from geoserver_app.work.errors import Incomplete, NotAllowed
from geoserver_app.work.models import Copy
from layers import rows
from layers.asked import ask

_MAY = frozenset({Capability.WORK, Capability.HAND_ON, Capability.REVIEW})

_HOLDERS = """
select post_id from work_copy
where request_id = %(request)s::bigint and post_id is distinct from %(post)s::bigint order by id
"""


def set_by_rule(request: ServiceRequest, post_ids: Iterable[int], *, at: datetime, first: bool = False) -> None:
    """The desks that the rules name now; those of a former decision go, those that a person added stay."""
    wanted = set(post_ids)
    if not first:
        Copy.objects.filter(request=request, by=None).exclude(post__in=wanted).delete()
    named = [Copy(request=request, post_id=post_id, at=at) for post_id in sorted(wanted)]
    rows.insert(*named, ignore_conflicts=True)


def add(request: ServiceRequest, post: Post, *, by: Actor, at: datetime) -> None:
    """A copy by hand, to a desk of the same city."""
    if not by.is_one_of(frozenset(_MAY)) or by.user_id is None:
        raise NotAllowed(_("You may not send copies of this request."))
    if post.department.jurisdiction_id != request.jurisdiction_id or not post.active:
        raise Incomplete(_("%s is no desk of this city.") % post)
    Copy.objects.get_or_create(request=request, post=post, defaults={"at": at, "by_id": by.user_id})


def holders(request: ServiceRequest) -> list[int]:
    """The ids of the desks with a copy, but for the one that has the request."""
    held = ask(_HOLDERS, {"request": request.pk, "post": request.post_id})
    return [row.post_id for row in held]
