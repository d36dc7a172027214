"""What an import wrote, as one sum; what is drawn by chance or by whoever comes first (ids, codes) is left out."""

from django.db import connection

CONTENT = """
    select r.external_id, r.state, r.requested_datetime, r.closed_at, r.updated_datetime, r.description,
           r.status_notes, r.resolution, r.channel, ST_AsEWKT(r.geom), r.area_ids::text, r.areas_today::text,
           r.department_id, r.post_id, r.parcel_id, r.centerline_id, r.is_public, ST_AsEWKT(r.public_geom), r.in_review,
           r.address_text, r.place_method, r.service_id, r.expected_datetime, o.digest, o.lines, o.areas::text,
           (select string_agg(concat_ws('|', h.kind, h.at, h.from_state, h.to_state, h.note, h.department_after_id),
                   E'\n' order by h.at, h.id) from work_statuschange h where h.request_id = r.id),
           (select string_agg(concat_ws('|', d.way, d.winner, d.department, d.is_current), E'\n' order by d.id)
                   from route_decision d where d.request_id = r.id),
           (select string_agg(concat_ws('|', m.kind_id, m.area_id, m.method), E'\n' order by m.kind_id, m.area_id)
                   from link_membership m where m.request_id = r.id),
           (select string_agg(concat_ws('|', v.stage, v.reason, v.resolved_at), E'\n' order by v.stage, v.reason)
                   from intake_review v where v.request_id = r.id),
           (select count(*) from intake_incident i where i.id = r.incident_id)
    from intake_servicerequest r left join past_origin o on o.request_id = r.id
    where r.source = %(source)s
"""
_SUM = f"select md5(string_agg(md5(one::text), '' order by external_id)), count(*) from ({CONTENT}) as one"


def checksum(source: str) -> tuple[str, int]:
    """A sum over all that was written of the requests of a source, and how many these are."""
    with connection.cursor() as cursor:
        cursor.execute(_SUM, {"source": source})
        told, requests = cursor.fetchone()
        return str(told), int(requests)
