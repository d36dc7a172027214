-- What a turn may change of some requests, as it stands: columns of the row, memberships, decision, copies, reviews.
--
-- In:  %(ids)s  ids of requests
-- Out: before_batch  request_id, before (jsonb)
-- Geometry as EWKB in hexadecimal, which keeps every bit; indexes by request on every table that is joined.
create temporary table before_batch on commit drop as
select r.id as request_id, jsonb_build_object(
    'row', to_jsonb(kept),
    'memberships', (select coalesce(jsonb_agg(to_jsonb(m) - 'id' order by m.kind_id, m.area_id), '[]')
                    from link_membership m where m.request_id = r.id),
    'decision', (select d.id from route_decision d where d.request_id = r.id and d.is_current),
    'copies', (select coalesce(jsonb_agg(to_jsonb(c) - 'id' order by c.post_id), '[]')
               from work_copy c where c.request_id = r.id),
    'reviews', (select coalesce(jsonb_agg(v.id order by v.id), '[]')
                from intake_review v where v.request_id = r.id and v.resolved_at is null)) as before
from intake_servicerequest r
cross join lateral (
    select r.state, r.priority, r.department_id, r.post_id, r.agency_id, r.assignee_id, r.expected_datetime,
           r.resolution, r.status_notes, r.field_action_at, r.closed_at, r.told_at, r.updated_datetime, r.in_review,
           r.area_ids, r.areas_today, r.areas_epoch, r.parcel_id, r.centerline_id, r.near_border, r.is_public,
           r.public_geom::text as public_geom, r.public_address, r.public_area_ids, r.public_description) as kept
where r.id = any(%(ids)s);
