"""The jurisdictions with their city halls, as they stand: asked for by every page, read when they have changed."""

from layers.asked import ask
from layers.kept import Kept, version_sql
from layers.models import Jurisdiction

# The version of a jurisdiction; j and h are its row and its city hall's.
VERSION_SQL = version_sql("j", "h")
_OF_HOST = f"""
select j.id, {VERSION_SQL} as version
from layers_jurisdiction j left join org_cityhall h on h.jurisdiction_id = j.id
where h.host_names @> array[%(host)s]::varchar[] or j.code = %(default)s
   or (select count(*) from layers_jurisdiction) = 1
order by h.host_names @> array[%(host)s]::varchar[] desc nulls last, j.code = %(default)s desc, j.code limit 1
"""

_kept: Kept[Jurisdiction] = Kept(
    # The outline is a polygon of thousands of corners that few ask for.
    lambda pk: Jurisdiction.objects.select_related("city_hall").defer("outline").get(pk=pk)
)


def of_host(host: str, *, default: str) -> Jurisdiction | None:
    """The one that a host name belongs to, else the one with the default code, else the only one; None otherwise."""
    found = ask(_OF_HOST, {"host": host, "default": default})
    return at_version(found[0].id, found[0].version) if found else None


def at_version(jurisdiction_id: int, version: str) -> Jurisdiction:
    """A jurisdiction with its city hall, by the version that was just read (VERSION_SQL)."""
    return _kept.get(jurisdiction_id, version)
