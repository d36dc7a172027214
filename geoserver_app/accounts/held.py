"""Log-ins whose scope names areas: what the quality report of a new edition asks for."""

from collections.abc import Collection, Iterator

from geoserver_app.accounts.models import Assignment
from layers.holders import Held
from layers.models import Area, Kind


def scopes_of(kind: Kind, area_ids: Collection[int]) -> Iterator[Held]:
    """Assignments that are limited to some of the areas (ids) of a kind; each area once."""
    codes = dict(Area.objects.filter(kind=kind, pk__in=area_ids).values_list("code", "pk"))
    named = Assignment.objects.filter(
        jurisdiction=kind.jurisdiction_id, area_kind=kind.code, area_codes__overlap=list(codes)
    ).select_related("user")
    for one in named.order_by("pk"):
        title = one.user.get_full_name() or one.user.get_username()  # the report is read in every language
        for code in one.area_codes:
            if code in codes:
                yield Held(codes[code], one.pk, title, f"/admin/accounts/user/{one.user_id}/change/")
