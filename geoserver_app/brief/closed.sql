-- How many incidents of the public set in an area were closed from a moment until another one.
-- In: %(jurisdiction)s, %(area)s (id), %(since)s, %(until)s (moments, the second exclusive). Index: request_by_closing.
select count(*)
from published.counted r
where r.jurisdiction_id = %(jurisdiction)s::bigint and r.closed_at >= %(since)s::timestamptz
  and r.closed_at < %(until)s::timestamptz and not r.is_open and r.leads and r.area_ids @> array[%(area)s::bigint]
