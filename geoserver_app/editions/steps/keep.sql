-- What a turn changed of the requests of a block, beside each of them; the block is done.
--
-- In:  before_batch, after_batch (the same, taken later); %(turn)s  id; %(ids)s  ids of the block
-- Out: editions_turnrequest, changed
update editions_turnrequest t set
    is_done = true,
    before = case when b.before is distinct from a.before then b.before end,
    seen = case when b.before is distinct from a.before
                then coalesce((select max(c.id) from work_statuschange c where c.request_id = t.request_id), 0) end
from before_batch b join after_batch a on a.request_id = b.request_id
where t.turn_id = %(turn)s and t.request_id = b.request_id and t.request_id = any(%(ids)s);
