-- The answers of the reports of a batch, one row for each question that was answered.
--
-- In:  intake_batch
-- Out: rows in intake_answer
insert into intake_answer (request_id, attribute_id, value)
select b.id, q.id, given.value
from intake_batch b
cross join lateral jsonb_each(b.answers) as given (code, value)
join catalog_serviceattribute q on q.service_id = b.service_id and q.code = given.code
order by b.id, q.position, q.code
