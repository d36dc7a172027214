-- The first line in the history of a batch of requests: the same as opening.open_request writes for each.
--
-- In:  {batch}   table with request_id, state, department_id, post_id, received_at
insert into work_statuschange (
    request_id, kind, at, by_reporter, from_state, to_state, department_after_id, post_after_id, note, public, data
)
select request_id, 'status', received_at, false, 'received', state, department_id, post_id, '', false, '{{}}'::jsonb
from {batch}
