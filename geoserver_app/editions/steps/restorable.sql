-- The requests of a block that an undone turn changed and that nobody has touched since.
--
-- In:  %(ids)s  ids of the block; %(undone)s  id of the turn that is undone
-- Out: restore_batch  request_id, before (as it was), now_row (the row as it stands, as before_batch has it)
create temporary table restore_batch on commit drop as
select t.request_id, t.before, b.before -> 'row' as now_row,
       (b.before -> 'row' ->> 'department_id', b.before -> 'row' ->> 'post_id', b.before -> 'row' ->> 'agency_id')
           is distinct from
       (t.before -> 'row' ->> 'department_id', t.before -> 'row' ->> 'post_id', t.before -> 'row' ->> 'agency_id')
           as handed_back
from editions_turnrequest t join before_batch b on b.request_id = t.request_id
where t.turn_id = %(undone)s and t.request_id = any(%(ids)s) and t.before is not null
  and not exists (select from work_statuschange c where c.request_id = t.request_id and c.id > t.seen);
