"""One number for each table, over everything that stands in it, to compare before and after."""

from django.db import connection

# Rows that are appended for good (histories, traces, messages), what says how often something was changed, and what is
# kept of the work itself. A draft's moment of activation stays as the trace that it was in force.
APPENDED = {
    "work_statuschange": "true",
    "route_decision": "not is_current",
    "notify_message": "true",
    "notify_picture": "true",
    "intake_review": "resolved_at is not null",
    "layers_editionchange": "true",
}
WITHOUT = {
    "layers_jurisdiction": ("epoch",),
    "layers_edition": ("activated_at", "wanted"),
    "link_membership": ("id",),
    "work_copy": ("id",),
    "accounts_user": ("last_login",),
}
TABLES = (
    "layers_jurisdiction", "layers_kind", "layers_edition", "layers_area", "layers_areashape", "layers_areapiece",
    "layers_areaborder", "layers_parcel", "layers_parcelshape", "layers_centerline", "layers_centerlineshape",
    "layers_asset", "layers_assetshape", "intake_servicerequest", "intake_answer", "intake_reporter", "intake_review",
    "intake_incident", "link_membership", "route_decision", "work_copy", "work_workorder", "accounts_assignment",
    "accounts_user",
)  # fmt: skip
# The rules in force as they read; a version of its own says the same again.
RULES = """select md5(string_agg(t, '|' order by t)) from (
    select concat_ws(';', r.position, r.code, r.condition, r.resolved, r.department_id, r.post_id, r.agency_id) as t
    from route_rule r join route_ruleset s on s.id = r.rule_set_id where s.state = 'active'
    union all
    select concat_ws(';', d.service_id, d.area_id, d.department_id, d.post_id, d.priority)
    from route_defaultroute d join route_ruleset s on s.id = d.rule_set_id where s.state = 'active') x"""


def sums(tables: tuple[str, ...] = TABLES, *, numbered_anew: tuple[str, ...] = ()) -> dict[str, str]:
    """A checksum of the content of each table, in no order, and of the rules in force.

    Of tables ``numbered_anew`` without the ids of rows, to compare what was done twice.
    """
    found = {}
    with connection.cursor() as cursor:
        for table in tables:
            left_out = (*WITHOUT.get(table, ()), *(("id",) if table in numbered_anew else ()))
            row = "to_jsonb(t)" + "".join(f" - '{column}'" for column in left_out)
            kept = f"not ({APPENDED[table]})" if table in APPENDED else "true"
            cursor.execute(
                f"select count(*) || ':' || coalesce(sum(('x' || left(md5(({row})::text), 15))::bit(60)::bigint), 0)"
                f" from {table} t where {kept}"
            )
            found[table] = cursor.fetchone()[0]
        cursor.execute(RULES)
        found["rules"] = cursor.fetchone()[0]
    return found
