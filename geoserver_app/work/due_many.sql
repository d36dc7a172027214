-- Deadlines of a batch of requests at once: the same as OfficeCalendar.deadline, row by row.
--
-- In:  {batch}           table with service_id, requested_datetime; its expected_datetime is written
--      %(zone)s          the office's time zone
--      %(opens)s         openings of the office in order: from each moment ...
--      %(closes)s        ... to each moment
--      %(until)s         office time from the first opening's begin to each closing, as intervals of pure time
--      %(day)s           for each opening the number of its open day, from 1
--      %(day_closes)s    for each open day its last closing
-- The session's time zone must be UTC, where a day is 24 hours. Left empty: what ends at a time that a wall clock skips
-- or shows twice. Index: none, one pass; every look-up is a binary search in an array (width_bucket counts the elements
-- that are not after a value).
update {batch} as b
set expected_datetime = (
    select case s.due_unit
        when 'hours' then b.requested_datetime + make_interval(hours => s.due_amount)
        when 'days' then
            case
                when wall.at at time zone %(zone)s = wall.clock
                    and (wall.at - interval '1 hour') at time zone %(zone)s <> wall.clock
                    and (wall.at - interval '30 minutes') at time zone %(zone)s <> wall.clock
                then wall.at
            end
        -- In the opening that holds the end of the office time; where that ends with a closing, it is that closing and
        -- not the next opening.
        when 'open_hours' then (%(closes)s::timestamptz[])[hit.n] - ((%(until)s::interval[])[hit.n] - target.open_time)
        when 'open_days' then (%(day_closes)s::timestamptz[])[(%(day)s::int[])[now.n] + s.due_amount]
    end
    from (
            -- The first opening that ends after the request was made.
            select width_bucket(b.requested_datetime, %(closes)s::timestamptz[]) + 1 as n
        ) as now,
        lateral (
            select (%(until)s::interval[])[now.n]
                - ((%(closes)s::timestamptz[])[now.n] - greatest(b.requested_datetime, (%(opens)s::timestamptz[])[now.n]))
                + make_interval(hours => s.due_amount) as open_time
        ) as target,
        lateral (
            select width_bucket(target.open_time, %(until)s::interval[]) as n
        ) as ended,
        lateral (
            select greatest(
                now.n,
                case when (%(until)s::interval[])[ended.n] = target.open_time then ended.n else ended.n + 1 end
            ) as n
        ) as hit,
        (
            select (b.requested_datetime at time zone %(zone)s) + make_interval(days => s.due_amount) as clock,
                ((b.requested_datetime at time zone %(zone)s) + make_interval(days => s.due_amount))
                    at time zone %(zone)s as at
        ) as wall
)
from catalog_service as s
where s.id = b.service_id
