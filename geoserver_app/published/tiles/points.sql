-- One tile of requests as MVT points, each with its number, the id of its spot (for cells=) and whether it is open.
-- In:  a relation and a condition (chosen.py); z, x, y (XYZ scheme); low, high  the range of the tile's Morton codes,
--      as two bare values: joined to arrays of ranges, a generic plan reads the whole table; most  how many there may be
-- Out: how many there are (most + 1 stands for more), tile (bytea; null where there are more)
-- Index: request_public_cell (of staff request_cell), by the range of the tile.
-- The spot is a place's column and row at zoom 30, as intake_grid_code counts them. Places are points of SRID 4326.
with
found as materialized (
  select r.id, r.service_request_id, r.is_open, r.geom
  from {relation} r
  where {condition} and r.morton >= %(low)s::bigint and r.morton < %(high)s::bigint
  limit %(most)s::int + 1
),
how as materialized (select count(*)::int as many from found),
placed as materialized (
  select f.id, f.service_request_id, f.is_open,
         greatest(0, least(1073741823, trunc((postgis.st_x(f.geom) + 180.0) / 360.0 * 1073741824)))::bigint as across,
         greatest(0, least(1073741823, trunc((1.0 - asinh(tan(radians(
           greatest(-85.051128779806592, least(85.051128779806592, postgis.st_y(f.geom)))))) / pi()) / 2.0
           * 1073741824)))::bigint as down
  from found f
  where (select many from how) <= %(most)s::int
)
select h.many, (
  select postgis.st_asmvt(m, 'request', 4096, 'geom') from (
    select p.service_request_id, '30.' || p.across || '.' || p.down as id, p.is_open as open, 1 as n,
           postgis.st_makepoint(
             (p.across - (%(x)s::bigint << (30 - %(z)s::int))) * 4096 >> (30 - %(z)s::int),
             (p.down - (%(y)s::bigint << (30 - %(z)s::int))) * 4096 >> (30 - %(z)s::int)) as geom
    from placed p
    order by p.id desc) m)
from how h
