-- Areas of today beside those as filed, only where they differ.
--
-- In:  today_batch; %(ids)s  ids of the block's requests; %(jurisdiction)s  id
-- Out: intake_servicerequest, changed
update intake_servicerequest q set areas_today = nullif(t.area_ids, q.area_ids)
from (select r.id, b.area_ids from intake_servicerequest r left join today_batch b on b.request_id = r.id
      where r.id = any(%(ids)s) and r.jurisdiction_id = %(jurisdiction)s) as t
where q.id = t.id and q.areas_today is distinct from nullif(t.area_ids, q.area_ids)
