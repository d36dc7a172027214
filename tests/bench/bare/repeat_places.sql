-- The register as one writes it without a thought: the same rows, conditions and figures, all three kinds of place.
with spot as (
    select r.id, r.incident_id, r.requested_datetime, r.state, r.asset_id, r.centerline_id,
           case when l.parcel_id is null then r.parcel_id else l.ground_id end as lot
    from intake_servicerequest r
    join catalog_service s on s.id = r.service_id and s.kind in ('request', 'complaint')
    left join analyse_lot l on l.parcel_id = r.parcel_id
    where r.jurisdiction_id = %(jurisdiction)s and r.requested_datetime >= %(since)s
      and r.requested_datetime < %(before)s and r.state <> 'cancelled'
), ground as (
    select incident_id, min(id) as first from spot where lot is not null or centerline_id is not null group by 1
), thing as (
    select incident_id, min(id) as first from spot where asset_id is not null group by 1
), placed as (
    select case when s.lot is null then 'segment' else 'parcel' end as kind, coalesce(s.lot, s.centerline_id) as place_id,
           s.requested_datetime, s.state, g.first = s.id as leads
    from spot s join ground g using (incident_id) where s.lot is not null or s.centerline_id is not null
    union all
    select 'asset', s.asset_id, s.requested_datetime, s.state, t.first = s.id
    from spot s join thing t using (incident_id) where s.asset_id is not null
)
select kind, place_id, count(*) filter (where leads) as incidents,
       count(*) filter (where leads and state not in ('closed', 'cancelled')) as open, count(*) as reports,
       min(requested_datetime), max(requested_datetime) as last_at, count(*) over () as places
from placed
group by kind, place_id
having count(*) filter (where leads) >= %(least)s
order by incidents desc, last_at desc, kind, place_id
limit 50
