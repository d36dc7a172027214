-- Every request of an audience as two numbers: its Morton code (-1: on no map), and all else packed.
--
-- In:  {morton}, {areas}, {counts}  the audience's columns and condition; %(jurisdiction)s  id; density_raw
-- Out: (operators are of one rank in PostgreSQL, hence the brackets) morton; set of areas << 40 | service << 16 | month << 3 | leads << 2 | open << 1 | closed lately
select coalesce(r.{morton}, -1),
       (a.number::bigint << 40) | (r.service_id << 16)
       | (density_month(r.requested_datetime, j.time_zone)::bigint << 3) | (r.leads::int << 2)
       | ((r.state not in ('closed', 'cancelled'))::int << 1)
       | (r.state in ('closed', 'cancelled') and coalesce(r.closed_at >= l.fresh_from, false))::int
from intake_servicerequest r
join density_ledger l on l.jurisdiction_id = r.jurisdiction_id
join layers_jurisdiction j on j.id = r.jurisdiction_id
join density_raw a on a.area_ids = r.{areas}
where r.jurisdiction_id = %(jurisdiction)s and {counts}
