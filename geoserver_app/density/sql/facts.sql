-- The requests of an audience in a stretch of the table's pages, each as numbers in the same place of three arrays.
--
-- In:  {morton}, {areas}, {counts}  the audience's columns and condition; %(jurisdiction)s  id; %(low)s, %(high)s  ctid
--      %(edges)s  moments around each first of a month, between which the month is the same on every clock, beginning
--      with the month %(first)s; near a first the clock of the place is asked, which takes long
-- Out: Morton codes (-1: on no map); service << 16 | month << 3 | leads << 2 | open << 1 | closed lately; hashes of the
--      areas. Null where there are none
select array_agg(coalesce(r.{morton}, -1)),
       array_agg((r.service_id::bigint << 16)
                 | (case when width_bucket(r.requested_datetime, %(edges)s::timestamptz[]) in (0, %(last)s::int)
                           or width_bucket(r.requested_datetime, %(edges)s::timestamptz[]) & 1 = 1
                         then density_month(r.requested_datetime, (
                             select j.time_zone from layers_jurisdiction j where j.id = %(jurisdiction)s::bigint))
                         else %(first)s::int + width_bucket(r.requested_datetime, %(edges)s::timestamptz[]) / 2 - 1
                    end::bigint << 3)
                 | (r.leads::int << 2)
                 | case when r.state not in ('closed', 'cancelled') then 2
                        else coalesce(r.closed_at >= (
                            select l.fresh_from from density_ledger l where l.jurisdiction_id = %(jurisdiction)s::bigint
                        ), false)::int end),
       array_agg(hash_array_extended(r.{areas}, 0))
from intake_servicerequest r
where r.ctid >= %(low)s::tid and r.ctid < %(high)s::tid and r.jurisdiction_id = %(jurisdiction)s::bigint and {counts}
