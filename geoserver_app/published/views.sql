-- Everything the public may see of the reference geography: what is in force, and of that only what a map needs.
-- Dropped before and rebuilt after migrations by `migrate` (schema.py). Read by the role published_reader, which may
-- use this schema and `postgis` and nothing else. No owner is named anywhere: owner columns hold classes ("city").
-- Geometry is SRID 4326. `left join`: the planner then leaves out the identity where its code is not asked for.

create view published.jurisdiction as
select j.id, j.code, j.name, j.names, j.epoch, j.outline
from public.layers_jurisdiction j;

create view published.city_hall as
select h.jurisdiction_id, h.telephone, h.languages, h.host_names
from public.org_cityhall h;

create view published.kind as
select k.id, k.jurisdiction_id, k.code, k.feature_class, k.geometry, k.name, k.names, k.on_map, k.position
from public.layers_kind k;

create view published.edition as
select e.id, e.kind_id, e.seq, lower(e.in_force) as in_force_from, upper(e.in_force) as in_force_before
from public.layers_edition e
where e.is_current;

create view published.area as
select s.id, s.kind_id, a.code, s.name, s.geom
from public.layers_areashape s left join public.layers_area a on a.id = s.area_id
where s.in_force;

create view published.parcel as
select s.id, s.kind_id, p.parcel_number, s.geom
from public.layers_parcelshape s left join public.layers_parcel p on p.id = s.parcel_id
where s.in_force;

-- A street's name as written by the city; put together from its parts (kept in capitals) where it was given in parts.
create view published.street as
select s.id, s.kind_id, s.road_class, s.attributes ->> 'ref' as ref, s.geom,
       coalesce(nullif(s.full_name, ''), concat_ws(' ', nullif(s.pre_directional, ''), initcap(s.street_name),
                nullif(initcap(s.post_type), ''), nullif(s.post_directional, ''))) as name
from public.layers_centerlineshape s
where s.in_force;

create view published.address as
select s.id, s.kind_id, s.address_number || s.number_suffix as house_number, s.geom
from public.layers_addresspointshape s
where s.in_force;

create view published.asset as
select s.id, s.kind_id, a.asset_id, s.owner_class, s.geom
from public.layers_assetshape s left join public.layers_asset a on a.id = s.asset_id
where s.in_force;

create view published.landmark as
select s.id, s.kind_id, s.name, s.category, s.geom
from public.layers_landmarkshape s
where s.in_force;

-- Rendered tiles with the epoch and the recipe that the whole set of their jurisdiction is good for.
create view published.basemap_tile as
select t.jurisdiction_id, t.z, t.x, t.y, t.gz, t.etag, s.epoch, s.recipe
from public.published_basemaptile t join public.published_basemapset s on s.jurisdiction_id = t.jurisdiction_id;

create view published.basemap_progress as
select s.jurisdiction_id, s.total, s.done, s.finished_at
from public.published_basemapset s;

revoke all on all tables in schema published from public, onemap_app;
grant select on all tables in schema published to published_reader;
