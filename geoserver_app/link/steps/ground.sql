-- The ground of each place and what of it is in doubt: the rules of ground_found.py for many places.
--
-- In:  link_spot, link_place, link_edition, link_areas, link_cover, link_line, link_lot, link_beside, link_street
--      %(half_m)s  half of the widest right-of-way, where there are no polygons of it
-- Out: link_ground  place, lies, doubt (bits, see ground.Lies), line_m
create temporary table link_open on commit drop as
select p.place
from link_place p
join link_spot s on s.spot = p.spot and s.inside
join link_street t on t.place = p.place
left join link_lot o on o.place = p.place
where not p.seen
  and not exists (select from link_edition e where e.era = p.era and e.code = 'right_of_way')
  and case when o.place is null then t.metres <= %(half_m)s::float8
           when p.reach = 0 or t.metres > %(half_m)s::float8 + p.reach then false
           else ST_Area(ST_Difference(ST_Buffer(s.plane, p.reach, 4), (
                    select ST_Union(x.plane) from link_lot_shape x
                    join link_edition e on e.era = p.era and e.kind_id = x.kind_id
                    join layers_parcelshape h on h.id = x.shape_id and (e.plain or h.editions @> e.seq)
                    where x.geom && ST_Expand(s.point, p.reach * 1.02 / (110500 * cos(radians(s.lat))),
                                              p.reach * 1.02 / 110500)))) > {some_ground} end;

create temporary table link_row_owner on commit drop as
select c.place, bool_or(a.attributes ->> 'owner' ilike 'state%%') as state, bool_or(a.attributes ->> 'owner' <> '') as named
from {cover} c
join layers_areashape a on a.id = c.shape_id
where c.ground = {row}
group by c.place;

create index on link_open (place);
create index on link_row_owner (place);
analyze link_open, link_row_owner;

create temporary table link_ground on commit drop as
with found as (
    select p.place, p.reach, o.line_m, o.place is not null as in_lot, coalesce(b.parcels, 0) > 0 as parcels_near,
           coalesce(a.ground, 0) | case when s.inside then 0 else {outside} end
           | case when o.place is null then 0 when h.owner_class in ('', 'private') then {private} else {public} end
           | case when o.place is null and w.place is not null then {row} else 0 end as lies,
           coalesce(r.bits, 0) & {exclusive} | coalesce(b.bits, 0)
           | case when o.place is not null and w.place is not null then {row} else 0 end as near,
           coalesce(r.bits, 0) & ~{exclusive} as over, coalesce(r.state, false) as near_state, coalesce(r.other, false) as near_other,
           coalesce(r.state, false) or coalesce(r.other, false) as near_named,
           case when coalesce(ro.named, false) then coalesce(ro.state, false)
                else coalesce(c.attributes ->> 'owner' ilike 'state%%', false) end as state_here,
           coalesce(c.attributes ->> 'owner' ilike 'state%%', false) as state_street
    from link_place p
    join link_spot s on s.spot = p.spot
    left join link_areas a on a.place = p.place
    left join link_lot o on o.place = p.place
    left join layers_parcelshape h on h.id = o.shape_id
    left join link_beside b on b.place = p.place
    left join link_open w on w.place = p.place
    left join link_row_owner ro on ro.place = p.place
    left join link_line r on r.place = p.place
    left join link_street t on t.place = p.place
    left join layers_centerlineshape c on c.id = t.shape_id
    where not p.seen
), lying as (
    select *, lies | case when lies & {row} <> 0 and state_here then {state} else 0 end as on_all,
           case when near & ~lies <> 0 then near & ~lies | lies & {exclusive} else 0 end | over
           | case when line_m <= reach or not in_lot and parcels_near then {parcel} else 0 end as unsure
    from found
)
select place, on_all as lies, line_m,
       unsure | case when on_all & {state} <> 0 then case when unsure & {row} <> 0 or near_other then {state} else 0 end
                     when near_state or not near_named and unsure & {row} <> 0 and state_street then {state}
                     else 0 end as doubt
from lying;

create index on link_ground (place);
analyze link_ground;
