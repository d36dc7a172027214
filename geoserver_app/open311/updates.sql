-- What became of the requests of the public set in a window of time, oldest first.
--
-- In:  jurisdiction (id), start and end (moments, both inclusive), limit
-- Out: one row a line of the history that everybody may know
-- Read as published_reader. Index: status_change_at (BRIN: the history is appended in the order of time).
select u.id, r.service_request_id, u.kind, u.at, u.to_state, u.resolution, u.note
from published.request_update u join published.service_request r on r.id = u.request_id
where r.jurisdiction_id = %(jurisdiction)s and u.at >= %(start)s and u.at <= %(end)s
order by u.at, u.id
limit %(limit)s
