-- A kept basemap tile, if it is good for the epoch of this very snapshot.
-- In: z, x, y, jurisdiction (id), recipe. Out: epoch, gz, etag; no row where none is kept. Index: basemap_tile_once.
select j.epoch, t.gz, t.etag
from published.basemap_tile t join published.jurisdiction j on j.id = t.jurisdiction_id and j.epoch = t.epoch
where t.jurisdiction_id = %(jurisdiction)s and t.z = %(z)s and t.x = %(x)s and t.y = %(y)s and t.recipe = %(recipe)s
