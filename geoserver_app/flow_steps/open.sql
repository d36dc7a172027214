-- What becomes of the reports of a batch at first, as work.opening decides it for one; deadlines are filled in after.
--
-- In:  intake_batch, route_result, link_review, route_review
-- Out: open_batch  one row for each request: work's part of its present
create temporary table open_batch on commit drop as
select b.id as request_id, b.service_id, b.requested_datetime, b.received_at, null::timestamptz as expected_datetime,
       case when d.triage or d.department is null and d.agency is null then 'triage'
            when d.agency is not null then 'referred' else 'assigned' end as state,
       d.priority, d.department as department_id, d.post as post_id, d.agency as agency_id, d.copies,
       null::bigint as assignee_id, ''::text as resolution, ''::text as status_notes,
       null::timestamptz as field_action_at, null::timestamptz as closed_at, null::timestamptz as told_at,
       b.received_at as updated_datetime, v.request_id is not null as in_review, null::timestamptz as reviewed_at
from intake_batch b
join route_result d on d.request_id = b.id
left join (select request_id from link_review union select request_id from route_review) v on v.request_id = b.id
order by b.id;

create index on open_batch (request_id);
