-- Rows of a cube as they are now, where they were read before by the same transaction, which holds the cube alone: to
-- look them up by their key again, and lock each, took as long as writing them.
--
-- In:  %(places)s  ctid, ascending; %(counts)s
update density_block b set counts = g.counts
from unnest(%(places)s::tid[], %(counts)s::bytea[]) as g (place, counts)
where b.ctid = g.place
