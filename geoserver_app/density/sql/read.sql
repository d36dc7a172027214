-- Everything that an answer is made of, in one statement and so of one moment.
--
-- In:  {cube}, {block}, {dictionary}, {area_set}, {change}, {missed}  the relations of an audience
--      %(jurisdiction)s  id; arrays zs, blocks of equal length, or every block of zoom %(every)s
--      measures with their weights, services (0: all) with theirs, probes as lows and highs with theirs
--      {weighed}  what an un-drained change adds, as the measures' weights say
--      {narrowed}  what limits the un-drained changes: first, last  months; only  ids of services; a1 to a5
--      near  codes of blocks of zoom near_z whose un-drained changes are wanted by cell, or null: all of them
--      a1 to a5  ids of areas of a kind, of which one must be among a request's, or null
-- Out: part 0: rows of blocks (z, block, weight, data); 1: dictionaries (z, block, data cells, more sets);
--      2: un-drained changes (z, block is the cell's code, or -1, -2: see there, weight);
--      3: the cube (block its id, at the moment it is right for); 4: numbers of area sets that fit (weight)
-- Index: density_block_pkey, once for each probe of each service, measure and block.
with cube as materialized (
    select c.id from {cube} c where c.jurisdiction_id = %(jurisdiction)s::bigint
), asked as materialized (
    select g.z, g.block from unnest(%(zs)s::smallint[], %(blocks)s::bigint[]) as g (z, block)
    union
    select d.z, d.block from cube join {dictionary} d on d.cube_id = cube.id and d.z = %(every)s::smallint
), series as materialized (
    select m.measure, s.service, p.low, p.high, (m.weight * s.weight * p.weight)::int as weight
    from unnest(%(measures)s::smallint[], %(measure_weights)s::smallint[]) as m (measure, weight),
         unnest(%(services)s::int[], %(service_weights)s::smallint[]) as s (service, weight),
         unnest(%(lows)s::smallint[], %(highs)s::smallint[], %(signs)s::smallint[]) as p (low, high, weight)
), tail as materialized (
    -- one pass over the queue: the cell of what is near, -1 for the rest of the map, -2 for what is on no map
    select case when q.morton is null then -2
                when %(near_z)s::smallint > 0 and (%(near)s::bigint[] is null
                     or q.morton >> (%(shift)s::int + 10) = any(%(near)s::bigint[])) then q.morton >> %(shift)s::int
                else -1 end as cell,
           sum({weighed})::int as weight
    from {change} q
    where q.jurisdiction_id = %(jurisdiction)s::bigint and {weighed} <> 0{narrowed}
    group by 1
)
select 0::smallint as part, a.z, a.block, s.weight, f.counts as data, null::bytea as more, null::timestamptz as at
from cube cross join asked a cross join series s
cross join lateral (
    select b.counts from {block} b
    where b.cube_id = cube.id and b.z = a.z and b.block = a.block and b.measure = s.measure and b.service = s.service
      and b.period between s.low and s.high
    order by b.period desc limit 1) f
union all
select 1::smallint, d.z, d.block, 0, d.cells, d.sets, null
from cube cross join asked a join {dictionary} d on d.cube_id = cube.id and d.z = a.z and d.block = a.block
union all
select 2::smallint, %(near_z)s::smallint, t.cell, t.weight, null, null, null
from tail t
union all
select 3::smallint, 0::smallint, cube.id, 0, null, null,
       coalesce((select min(m.at) from {missed} m where m.jurisdiction_id = %(jurisdiction)s::bigint), now())
from cube
union all
select 4::smallint, 0::smallint, 0, s.number, null, null, null
from cube join {area_set} s on s.cube_id = cube.id
where %(a1)s::bigint[] is not null and s.area_ids && %(a1)s::bigint[]
  and (%(a2)s::bigint[] is null or s.area_ids && %(a2)s::bigint[])
  and (%(a3)s::bigint[] is null or s.area_ids && %(a3)s::bigint[])
  and (%(a4)s::bigint[] is null or s.area_ids && %(a4)s::bigint[])
  and (%(a5)s::bigint[] is null or s.area_ids && %(a5)s::bigint[])
