"""What link keeps of its own: memberships that are not plain."""

from geoserver_app.link.links import Links
from geoserver_app.link.models import Membership
from layers import rows
from layers.models import Area


def keep(request_id: int, links: Links, *, first: bool = False) -> None:
    """Puts the exceptional memberships of a request in place of those it had; ``first`` where it can have none."""
    if not first:
        Membership.objects.filter(request_id=request_id).delete()
    made = [
        Membership(
            request_id=request_id,
            kind_id=row.kind_id,
            area_id=row.area_id,
            method=row.method,
            distance_m=row.distance_m,
            alternatives=list(row.alternatives),
        )
        for row in links.memberships
    ]
    rows.insert(*made)


def choose(request_id: int, area: Area) -> None:
    """Staff's choice of the area of a kind for a request; link again after it, and route again."""
    Membership.objects.filter(request_id=request_id, kind_id=area.kind_id).delete()
    Membership.objects.create(request_id=request_id, kind_id=area.kind_id, area=area, method=Membership.Method.MANUAL)
