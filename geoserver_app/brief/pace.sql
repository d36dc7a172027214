-- How long things took that were done since a moment: of the public set, incidents, here and in the whole city.
--
-- In:  %(jurisdiction)s, %(since)s (a moment), %(area)s (id of the area)
-- Out: service_id (null: all services), how many and the median in seconds here, the same city-wide
--
-- What was withdrawn is not done. Index: request_by_closing.
select r.service_id,
       count(*) filter (where r.area_ids @> array[%(area)s::bigint]) as here,
       percentile_cont(0.5) within group (order by extract(epoch from r.closed_at - r.requested_datetime)::float8)
           filter (where r.area_ids @> array[%(area)s::bigint]) as here_s,
       count(*) as city,
       percentile_cont(0.5) within group (order by extract(epoch from r.closed_at - r.requested_datetime)::float8) as city_s
from published.counted r
where r.jurisdiction_id = %(jurisdiction)s::bigint and r.closed_at >= %(since)s::timestamptz and r.leads and r.is_done
group by grouping sets ((r.service_id), ())
order by 2 desc, 1
