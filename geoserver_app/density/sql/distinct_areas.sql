-- The combinations of areas that requests of an audience lie in.
--
-- In:  {areas}, {counts}  the audience's column of areas and its condition; %(jurisdiction)s  id
-- Out: temporary table density_raw (area_ids, number still empty)
create temporary table density_raw on commit drop as
select distinct {areas} as area_ids, null::int as number
from intake_servicerequest where jurisdiction_id = %(jurisdiction)s and {counts}
