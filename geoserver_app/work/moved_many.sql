-- A line in the histories of requests whose areas are others now; nothing else of them changes by it.
--
-- In:  {batch}   table with request_id and areas (jsonb: what it was left by, what it came into); %(at)s  the moment;
--      %(edition)s  id of the edition that made it so, or null
-- Out: rows in work_statuschange
insert into work_statuschange (
    request_id, kind, at, by_reporter, from_state, to_state, department_before_id, department_after_id, post_before_id,
    post_after_id, note, public, data
)
select r.id, 'moved', %(at)s, false, r.state, r.state, r.department_id, r.department_id, r.post_id, r.post_id, '', false,
       jsonb_strip_nulls(jsonb_build_object('again', true, 'areas', b.areas, 'edition', %(edition)s::bigint))
from {batch} b join intake_servicerequest r on r.id = b.request_id
order by r.id
