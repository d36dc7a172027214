-- Dictionaries with the atoms that came to them.
insert into density_dictionary (cube_id, audience, z, block, cells, sets)
select %(cube)s::bigint, %(audience)s::smallint, z, block, cells, sets
from unnest(%(zs)s::smallint[], %(blocks)s::bigint[], %(cells)s::bytea[], %(sets)s::bytea[]) as g (z, block, cells, sets)
on conflict (cube_id, z, block) do update set cells = excluded.cells, sets = excluded.sets
