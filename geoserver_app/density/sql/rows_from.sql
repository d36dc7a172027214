-- The rows of a cube that a change touches: those from a period on, and the last one before it.
--
-- In:  %(cube)s  id; arrays of equal length: zs, blocks, measures, services; firsts, lows, highs  the period of the
--      change, and the first and last one that can hold it (its year's months, or all years)
-- Out: series (place in the arrays, from 1), period, counts, where the row lies (ctid)
-- Index: density_block_pkey, twice for each series.
select g.series::int, b.period, b.counts, b.place
from unnest(%(zs)s::smallint[], %(blocks)s::bigint[], %(measures)s::smallint[], %(services)s::int[],
            %(firsts)s::smallint[], %(lows)s::smallint[], %(highs)s::smallint[])
     with ordinality as g (z, block, measure, service, first, low, high, series)
cross join lateral (
    (select period, counts, ctid as place from density_block
     where cube_id = %(cube)s::bigint and z = g.z and block = g.block and measure = g.measure
       and service = g.service and period between g.low and g.first
     order by period desc limit 1)
    union all
    select period, counts, ctid from density_block
    where cube_id = %(cube)s::bigint and z = g.z and block = g.block and measure = g.measure
      and service = g.service and period > g.first and period <= g.high) b
