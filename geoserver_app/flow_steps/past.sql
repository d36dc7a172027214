-- How requests of a batch stand after what is known of their lives.
--
-- In:  past_batch
-- Out: open_batch, changed
update open_batch o set
    state = p.state, priority = p.priority, department_id = p.department_id, post_id = p.post_id,
    agency_id = p.agency_id, assignee_id = p.assignee_id, expected_datetime = p.expected_datetime,
    resolution = p.resolution, status_notes = p.status_notes, field_action_at = p.field_action_at,
    closed_at = p.closed_at, told_at = p.told_at, updated_datetime = p.updated_datetime, reviewed_at = p.reviewed_at
from past_batch p where p.request_id = o.request_id
