-- Rows of a cube that there were not.
insert into density_block (cube_id, audience, z, block, measure, service, period, counts)
select %(cube)s::bigint, %(audience)s::smallint, z, block, measure, service, period, counts
from unnest(%(zs)s::smallint[], %(blocks)s::bigint[], %(measures)s::smallint[], %(services)s::int[],
            %(periods)s::smallint[], %(counts)s::bytea[]) as g (z, block, measure, service, period, counts)
