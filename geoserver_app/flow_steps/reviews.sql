-- What a person must look at, or had to before the request ended.
--
-- In:  link_review, route_review, open_batch
-- Out: rows in intake_review
insert into intake_review (request_id, stage, reason, detail, created_at, resolved_at)
select v.request_id, v.stage, v.reason, v.detail, o.received_at, o.reviewed_at
from (select request_id, 'link' as stage, reason, detail from link_review
      union all select request_id, 'route', reason, detail from route_review) v
join open_batch o on o.request_id = v.request_id
order by v.request_id
