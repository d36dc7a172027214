-- The ground parcel of each place, and the parcels within its reach.
--
-- In:  link_spot, link_place, link_edition
-- Out: link_lot     place, shape of the parcel that covers it (of stacked ones that with the lowest number), metres to
--                   its line where the place has a reach
--      link_beside  place, how many parcels are within reach, bits of those that it does not touch (2 private, 4 others)
create temporary table link_lot_shape on commit drop as
select x.id as shape_id, x.parcel_id, x.kind_id, x.owner_class, x.geom, case when not k.plain then x.editions end as editions,
       case when {any_reach} then ST_SetSRID(ST_Transform(x.geom, j.metric_srid), 0) end as plane
from layers_parcelshape x
join link_kind k on k.kind_id = x.kind_id and k.feature_class = 'parcel'
join layers_jurisdiction j on j.id = k.jurisdiction_id
where (x.in_force or not k.plain) and {parcels_concerned};

create index on link_lot_shape using gist (geom);
create index on link_lot_shape using gist (plane);
analyze link_lot_shape (shape_id, parcel_id, kind_id);

create temporary table link_lot on commit drop as
select p.place, x.shape_id, x.parcel_id,
       case when p.reach > 0 then ST_Distance(ST_Boundary(x.plane), s.plane) end as line_m
from {lots}
join link_place p on p.spot = s.spot and not p.seen
join link_edition e on e.era = p.era and e.kind_id = x.kind_id
where e.plain or x.editions @> e.seq;

create index on link_lot (place);
analyze link_lot;

-- Stacked parcels (condominiums): all but the one with the lowest number.
delete from link_lot o
using (select l.ctid as row, row_number() over (partition by l.place order by i.parcel_number, i.id) as place_of
       from link_lot l join layers_parcel i on i.id = l.parcel_id
       where l.place in (select place from link_lot group by place having count(*) > 1)) as stacked
where stacked.row = o.ctid and stacked.place_of > 1;

create temporary table link_beside on commit drop as
select p.place, count(*) as parcels,
       bit_or(case when x.owner_class in ('', 'private') then {private} else {public} end)
           filter (where x.metres > 0) as bits
from (select s.spot, x.kind_id, x.owner_class, x.editions, ST_Distance(x.plane, s.plane) as metres
      from {beside} offset 0) as x
join link_place p on p.spot = x.spot and not p.seen and p.reach > 0 and x.metres <= p.reach
join link_edition e on e.era = p.era and e.kind_id = x.kind_id
where e.plain or x.editions @> e.seq
group by p.place;

create index on link_beside (place);
analyze link_beside;
