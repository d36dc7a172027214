-- Every request of a set at its places, and whether it stands for its incident there. The beginning of a statement.
--
-- In:  {requests}  a select of intake_servicerequest: id, incident_id, requested_datetime, parcel_id, centerline_id,
--                  asset_id, service_id, state, leads (of its incident)
-- Out: placed      kind (parcel, segment, asset), place_id, the request's columns, leads
--
-- Ground is the parcel (of stacked ones the ground parcel), else the block of the street: never both. What was pressed
-- on the map is a place besides. Of the reports of an incident the first that has a place stands for it, so that the
-- incident counts once, there. Nearly all incidents have one report: only those with more are looked through, which are
-- known by a report that does not lead.
with seen as (
    {requests}
), spot as materialized (
    select s.id, s.incident_id, s.service_id, s.requested_datetime, s.centerline_id, s.asset_id,
           s.state not in ('closed', 'cancelled') as is_open, s.leads,
           case when l.parcel_id is null then s.parcel_id else l.ground_id end as lot
    from seen s left join analyse_lot l on l.parcel_id = s.parcel_id
), several as materialized (
    select incident_id, min(id) filter (where lot is not null or centerline_id is not null) as on_ground,
           min(id) filter (where asset_id is not null) as at_asset
    from spot where incident_id in (select incident_id from spot where not leads) group by incident_id
), placed as (
    select case when s.lot is null then 'segment' else 'parcel' end as kind, coalesce(s.lot, s.centerline_id) as place_id,
           s.id, s.incident_id, s.service_id, s.requested_datetime, s.is_open, coalesce(v.on_ground, s.id) = s.id as leads
    from spot s left join several v on v.incident_id = s.incident_id
    where s.lot is not null or s.centerline_id is not null
    union all
    select 'asset', s.asset_id, s.id, s.incident_id, s.service_id, s.requested_datetime, s.is_open,
           coalesce(v.at_asset, s.id) = s.id
    from spot s left join several v on v.incident_id = s.incident_id
    where s.asset_id is not null
)
