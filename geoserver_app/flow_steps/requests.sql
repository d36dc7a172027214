-- The requests of a batch, each written once: as reported, as linked, as it stands.
--
-- In:  intake_batch, link_result, route_result, open_batch
--      today_batch  areas by the editions of today, of kinds of which an edition has changed since
--      %(jurisdiction)s  id; %(changed)s  areas of these kinds
-- Out: rows in intake_servicerequest
insert into intake_servicerequest (
    id, jurisdiction_id, service_request_id, access_code, idempotency_key, service_id, incident_id, leads, channel, source,
    external_id, language, requested_datetime, received_at, description, place_method, geom, accuracy_m, address_text,
    asset_id, updated_datetime, state, priority, department_id, post_id, agency_id, assignee_id, expected_datetime,
    resolution, status_notes, field_action_at, closed_at, told_at, in_review, area_ids, areas_today, areas_epoch,
    parcel_id, centerline_id, near_border, tile_x, tile_y, morton, is_public, public_geom, public_address,
    public_area_ids, public_description
)
select b.id, %(jurisdiction)s, b.service_request_id, b.access_code, b.idempotency_key, b.service_id, b.incident_id, b.own_incident,
       b.channel, b.source, b.external_id, b.language, b.requested_datetime, b.received_at, b.description,
       b.place_method, ST_SetSRID(ST_MakePoint(b.lon, b.lat), 4326), b.accuracy_m, b.address_text, b.asset_id,
       o.updated_datetime, o.state, o.priority, o.department_id, o.post_id, o.agency_id, o.assignee_id,
       o.expected_datetime, o.resolution, o.status_notes, o.field_action_at, o.closed_at, o.told_at,
       o.in_review and o.reviewed_at is null, l.area_ids, nullif(case when t.request_id is not null then array(
           select unnest(t.area_ids)
           union all
           select own.id from unnest(l.area_ids) as own (id) where own.id <> all(%(changed)s::bigint[])
           order by 1) end, l.area_ids), l.epoch, l.parcel_id,
       l.centerline_id, l.near_border or d.way = 'safe', b.tile_x, b.tile_y, b.morton, l.is_public, l.public_geom,
       l.public_address, l.public_area_ids, l.public_description
from intake_batch b
join link_result l on l.request_id = b.id
join route_result d on d.request_id = b.id
join open_batch o on o.request_id = b.id
left join today_batch t on t.request_id = b.id
order by b.id
