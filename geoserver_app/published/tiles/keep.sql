-- Keeps a rendered basemap tile. In: jurisdiction (id), z, x, y, gz, etag. SRID of its reach: 4326.
insert into published_basemaptile (jurisdiction_id, z, x, y, gz, etag, reach)
values (%(jurisdiction)s, %(z)s, %(x)s, %(y)s, %(gz)s, %(etag)s,
        st_transform(st_tileenvelope(%(z)s::int, %(x)s::int, %(y)s::int, margin => 0.015625), 4326))
on conflict do nothing
