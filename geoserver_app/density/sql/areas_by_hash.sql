-- What hashes of areas stand for, of requests of an audience in a stretch of the table's pages.
--
-- In:  {areas}, {counts}  the audience's column and condition; %(jurisdiction)s  id; %(low)s, %(high)s  ctid
--      %(hashes)s  those wanted
-- Out: hash, areas
select distinct hash_array_extended(r.{areas}, 0), r.{areas}
from intake_servicerequest r
where r.ctid >= %(low)s::tid and r.ctid < %(high)s::tid and r.jurisdiction_id = %(jurisdiction)s::bigint and {counts}
  and hash_array_extended(r.{areas}, 0) = any(%(hashes)s::bigint[])
