"""The one place that says in which coordinate system a geometry column is stored."""

# Longitude, latitude on WGS 84. Order inside is always lon, lat, whatever the authority's axis order says.
STORAGE_SRID = 4326
# Web Mercator: tiles are cut in it.
TILE_SRID = 3857
# PostGIS's "no declared system": columns in the metre plane of their own jurisdiction (Jurisdiction.metric_srid),
# which differs from row to row, so that the column itself cannot declare one.
PLANE_SRID = 0
