-- Requests exactly as they were before a turn that is taken back, each whose areas or desk change with a line.
--
-- In:  restore_batch; %(at)s  the moment; %(edition)s  id of the edition that is taken back
-- Out: intake_servicerequest, link_membership, route_decision, work_copy, intake_review as before; work_statuschange
--      with a line for each; restored_line  request_id and id of its line where another desk has it again
update intake_servicerequest r set
    (state, priority, department_id, post_id, agency_id, assignee_id, expected_datetime, resolution, status_notes,
     field_action_at, closed_at, told_at, updated_datetime, in_review, area_ids, areas_today, areas_epoch, parcel_id,
     centerline_id, near_border, is_public, public_geom, public_address, public_area_ids, public_description) =
    (select p.state, p.priority, p.department_id, p.post_id, p.agency_id, p.assignee_id, p.expected_datetime,
            p.resolution, p.status_notes, p.field_action_at, p.closed_at, p.told_at, p.updated_datetime, p.in_review,
            p.area_ids, p.areas_today, p.areas_epoch, p.parcel_id, p.centerline_id, p.near_border, p.is_public,
            p.public_geom, p.public_address, p.public_area_ids, p.public_description
     from jsonb_populate_record(null::intake_servicerequest, b.before -> 'row') p)
from restore_batch b where r.id = b.request_id;

delete from link_membership m using restore_batch b where m.request_id = b.request_id;
insert into link_membership (request_id, kind_id, area_id, method, distance_m, alternatives)
select m.request_id, m.kind_id, m.area_id, m.method, m.distance_m, m.alternatives
from restore_batch b, jsonb_populate_recordset(null::link_membership, b.before -> 'memberships') m;

update route_decision d set is_current = false from restore_batch b
where d.request_id = b.request_id and d.is_current and d.id is distinct from (b.before ->> 'decision')::bigint;
update route_decision d set is_current = true from restore_batch b
where d.id = (b.before ->> 'decision')::bigint and not d.is_current;

delete from work_copy c using restore_batch b where c.request_id = b.request_id;
insert into work_copy (request_id, post_id, at, by_id)
select c.request_id, c.post_id, c.at, c.by_id
from restore_batch b, jsonb_populate_recordset(null::work_copy, b.before -> 'copies') c;

update intake_review v set resolved_at = case when b.before -> 'reviews' @> to_jsonb(v.id) then null else %(at)s end,
    resolved_by_id = null
from restore_batch b
where v.request_id = b.request_id and (v.resolved_at is null) <> (b.before -> 'reviews' @> to_jsonb(v.id))
  and (v.resolved_at is null or b.before -> 'reviews' @> to_jsonb(v.id));

create temporary table restored_line (request_id bigint, line bigint) on commit drop;
with told as (
    insert into work_statuschange (
        request_id, kind, at, by_reporter, from_state, to_state, department_before_id, department_after_id,
        post_before_id, post_after_id, note, public, data)
    select b.request_id, 'moved', %(at)s, false, b.now_row ->> 'state', b.before -> 'row' ->> 'state',
           (b.now_row ->> 'department_id')::bigint, (b.before -> 'row' ->> 'department_id')::bigint,
           (b.now_row ->> 'post_id')::bigint, (b.before -> 'row' ->> 'post_id')::bigint, '', false,
           jsonb_build_object('again', true, 'areas', jsonb_build_array(to_jsonb(a.gone), to_jsonb(a.fresh)),
                              'edition', %(edition)s::bigint, 'rolled_back', true)
    from restore_batch b
    cross join lateral (
        select array(select k.code || ':' || s.code
                     from jsonb_array_elements_text(b.now_row -> 'area_ids') as x (id)
                     join layers_area s on s.id = x.id::bigint join layers_kind k on k.id = s.kind_id
                     where not b.before -> 'row' -> 'area_ids' @> to_jsonb(s.id) order by 1) as gone,
               array(select k.code || ':' || s.code
                     from jsonb_array_elements_text(b.before -> 'row' -> 'area_ids') as x (id)
                     join layers_area s on s.id = x.id::bigint join layers_kind k on k.id = s.kind_id
                     where not b.now_row -> 'area_ids' @> to_jsonb(s.id) order by 1) as fresh) as a
    -- Areas of today alone are no business of its history.
    where b.handed_back or b.now_row -> 'area_ids' <> b.before -> 'row' -> 'area_ids'
    returning id, request_id)
insert into restored_line
select t.request_id, t.id from told t join restore_batch b on b.request_id = t.request_id where b.handed_back;
