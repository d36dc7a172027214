"""Services with their questions, as they stand: asked for by every report, read when they have changed."""

from geoserver_app.catalog.models import Service
from layers.asked import ask
from layers.kept import Kept, version_sql
from layers.models import Jurisdiction

# The version of a service with its group and its questions; s and g are the rows of the first two.
VERSION_SQL = f"""{version_sql("s", "g")} || coalesce((
    select string_agg({version_sql("a")}, ' ' order by a.id) from catalog_serviceattribute a where a.service_id = s.id
), '')"""
_BY_CODE = f"""
select s.id, {VERSION_SQL} as version from catalog_service s join catalog_servicegroup g on g.id = s.group_id
where s.jurisdiction_id = %(jurisdiction)s::bigint and s.code = %(code)s
"""

_kept: Kept[Service] = Kept(lambda pk: Service.objects.select_related("group").with_form().get(pk=pk))


def by_code(jurisdiction: Jurisdiction, code: str) -> Service | None:
    """The service with a code, with its questions; None where there is none."""
    found = ask(_BY_CODE, {"jurisdiction": jurisdiction.pk, "code": code})
    if not found:
        return None
    service = at_version(found[0].id, found[0].version)
    service.jurisdiction = jurisdiction
    return service


def at_version(service_id: int, version: str) -> Service:
    """A service with its questions, by the version that was just read (VERSION_SQL)."""
    return _kept.get(service_id, version)
