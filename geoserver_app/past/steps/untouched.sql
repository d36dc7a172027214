-- Imported requests that nobody here has worked on: their history is what the import wrote, and the product's own moves.
--
-- In:  %(ids)s
-- Out: rows (request_id)
select o.request_id from past_origin o
where o.request_id = any(%(ids)s) and o.lines = (
    select count(*) from work_statuschange c
    where c.request_id = o.request_id and not (c.kind = 'moved' and c.by_id is null and not c.by_reporter)
)
