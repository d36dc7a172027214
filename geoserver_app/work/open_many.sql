-- The first line in the history of a batch of requests, and who gets copies: the same as opening.open_request writes.
--
-- In:  {batch}   table with request_id, state, department_id, post_id, copies (ids of posts, may be null), received_at
with copied as (
    insert into work_copy (request_id, post_id, at)
    select b.request_id, one.post_id, b.received_at
    from {batch} as b, lateral (select distinct unnest(b.copies) as post_id) as one
    where one.post_id is distinct from b.post_id
)
insert into work_statuschange (
    request_id, kind, at, by_reporter, from_state, to_state, department_after_id, post_after_id, note, public, data
)
select request_id, 'status', received_at, false, 'received', state, department_id, post_id, '', false, '{{}}'::jsonb
from {batch}
