-- The dictionaries of some blocks.
--
-- In:  %(cube)s  id; %(zs)s, %(blocks)s  arrays of equal length
-- Out: z, block, cells, sets
select d.z, d.block, d.cells, d.sets
from unnest(%(zs)s::smallint[], %(blocks)s::bigint[]) as g (z, block)
join density_dictionary d on d.cube_id = %(cube)s::bigint and d.z = g.z and d.block = g.block
