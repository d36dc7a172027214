-- Places with at least so many incidents, those with most first. Follows placed.sql.
--
-- In:  %(kinds)s  kinds of place; %(least)s  incidents; %(limit)s, %(offset)s  the page (limit null: all)
-- Out: kind, place_id, incidents, how many of them are open, reports, first and last report, places in all
select kind, place_id, count(*) filter (where leads) as incidents, count(*) filter (where leads and is_open) as open,
       count(*) as reports, min(requested_datetime) as first_at, max(requested_datetime) as last_at,
       count(*) over () as places
from placed
where kind = any(%(kinds)s)
group by kind, place_id
having count(*) filter (where leads) >= %(least)s
order by incidents desc, last_at desc, kind, place_id
limit %(limit)s offset %(offset)s
