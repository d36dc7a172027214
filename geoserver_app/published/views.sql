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

-- The public set: requests that everybody may see, and of each its public row alone (link.privacy); where, what and
-- how it stands, never who. What is closed was updated when it was closed (Open311 says so).
create view published.service_request as
select r.id, r.jurisdiction_id, r.service_request_id, r.incident_id, r.service_id,
       r.state, case when r.state in ('closed', 'cancelled') then 'closed' else 'open' end as status,
       r.status_notes, r.public_description as description, r.department_id, r.agency_id,
       r.requested_datetime, r.updated_datetime as touched_datetime, r.expected_datetime, r.closed_at,
       case when r.state in ('closed', 'cancelled') then coalesce(r.closed_at, r.updated_datetime)
            else r.updated_datetime end as updated_datetime,
       r.public_address as address, r.public_area_ids as area_ids, r.public_geom as geom
from public.intake_servicerequest r
where r.is_public;

-- Photos, and addresses of photos elsewhere, that were released of the public set.
create view published.photo as
select m.id, m.request_id, m.file, null as url
from public.intake_media m join public.intake_servicerequest r on r.id = m.request_id
where m.is_public and r.is_public
union all
select l.id, l.request_id, null, l.url
from public.intake_medialink l join public.intake_servicerequest r on r.id = l.request_id
where l.is_public and r.is_public;

-- What everybody may know of the life of the public set; words only where they were meant for everybody.
create view published.request_update as
select c.id, c.request_id, c.kind, c.at, c.to_state, c.from_state <> c.to_state as state_changed,
       c.data #>> '{resolution,1}' as resolution, case when c.public then c.note else '' end as note
from public.work_statuschange c join public.intake_servicerequest r on r.id = c.request_id
where r.is_public and c.kind in ('status', 'reopened', 'handed_on', 'referred', 'note_public');

-- Answers of the public set that are choices, numbers or days: free text and what is marked private stay inside.
create view published.answer as
select a.request_id, q.code, q.question, q.datatype, q."values" as offered, q.position, a.value
from public.intake_answer a
join public.intake_servicerequest r on r.id = a.request_id
join public.catalog_serviceattribute q on q.id = a.attribute_id
where r.is_public and not q.private and q.datatype not in ('string', 'text');

-- What is counted of the public set, by its public row: in lists, on the map, in feeds and exports alike. ``leads``:
-- it stands for its incident. Of closed ones only the day is shown; ``closed_at`` is for the filters. ``is_exact``:
-- the public place is the true one, so that the ground it lies on is public too; ``is_done``: closed, not withdrawn.
create view published.counted as
select r.id, r.jurisdiction_id, r.service_request_id, r.service_id, r.leads, r.requested_datetime, r.closed_at,
       r.state not in ('closed', 'cancelled') as is_open, r.public_morton as morton, r.public_area_ids as area_ids,
       r.public_address as address, r.public_geom as geom, r.public_morton = r.morton as is_exact,
       r.state = 'closed' as is_done
from public.intake_servicerequest r
where r.is_public;

create view published.service as
select s.id, s.jurisdiction_id, s.code, g.code as group_code
from public.catalog_service s join public.catalog_servicegroup g on g.id = s.group_id;

-- The codes of areas of all times: a request keeps those that it was filed in.
create view published.area_code as
select a.id, k.jurisdiction_id, k.code as kind, a.code
from public.layers_area a join public.layers_kind k on k.id = a.kind_id;

create view published.clock as
select j.id as jurisdiction_id, j.code, j.time_zone, l.fresh_from, coalesce(l.kinds, '{}') as kinds
from public.layers_jurisdiction j left join public.density_ledger l on l.jurisdiction_id = j.id;

-- The counts for everybody (density/models.py): those of the public set at public places.
create view published.density_cube as
select c.id, c.jurisdiction_id from public.density_cube c where c.audience = 0 and c.is_current;

create view published.density_block as
select b.cube_id, b.z, b.block, b.measure, b.service, b.period, b.counts
from public.density_block b where b.audience = 0;

create view published.density_dictionary as
select d.cube_id, d.z, d.block, d.cells, d.sets from public.density_dictionary d where d.audience = 0;

create view published.density_area_set as
select s.cube_id, s.number, s.area_ids
from public.density_areaset s join public.density_cube c on c.id = s.cube_id
where c.audience = 0;

create view published.density_change as
select q.jurisdiction_id, q.leads, q.month, q.service, q.morton, q.area_ids, q.n, q.n_open, q.n_fresh
from public.density_change q where q.audience = 0;

create view published.density_missed as
select m.jurisdiction_id, m.at from public.density_missed m;

-- Rendered tiles with the epoch and the recipe that the whole set of their jurisdiction is good for.
create view published.basemap_tile as
select t.jurisdiction_id, t.z, t.x, t.y, t.gz, t.etag, s.epoch, s.recipe
from public.published_basemaptile t join public.published_basemapset s on s.jurisdiction_id = t.jurisdiction_id;

create view published.basemap_progress as
select s.jurisdiction_id, s.total, s.done, s.finished_at
from public.published_basemapset s;

-- The fixed table of sensitive services: what was published of each quarter, hidden numbers as null. Nothing else of a
-- sensitive service stands in this schema, and the counts behind it stand nowhere.
create view published.sensitive_quarter as
select q.id, q.jurisdiction_id, k.code as kind, k.name as kind_name, k.names as kind_names, q.first_day, q.minimum,
       q.total, q.published_at
from public.published_sensitivequarter q join public.layers_kind k on k.id = q.kind_id;

create view published.sensitive_count as
select c.quarter_id, a.code as area, c.name, c.names, c.n
from public.published_sensitivecount c join public.layers_area a on a.id = c.area_id;

revoke all on all tables in schema published from public, onemap_app;
grant select on all tables in schema published to published_reader;
