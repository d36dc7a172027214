-- Memberships in districts that are not plain: the rules of membership.py for many places.
--
-- In:  link_place, link_hit, link_other, link_among, link_near, link_bridge; %(edge_m)s  metres below which a border is met
-- Out: link_exceptional  place, kind, area (null: a gap), method, metres, alternatives
create temporary table link_exceptional on commit drop as
with asked as (
    select place, kind_id from link_near
    union select place, kind_id from link_among
    union select place, kind_id from link_bridge where area_id is not null
), covering as (
    select distinct c.place, c.kind_id, c.area_id from asked k join {cover} c using (place, kind_id)
), member as (
    select c.place, c.kind_id, c.area_id, null::float8 as bridged_m
    from covering c left join link_among m using (place, kind_id)
    where m.area_id is null or m.area_id = c.area_id
    union all
    select place, kind_id, area_id, metres from link_bridge where area_id is not null
), near as (
    select place, kind_id, area_id, min(metres) as metres from link_near group by 1, 2, 3
), other as (
    select o.place, o.kind_id, array_agg(o.area_id order by o.area_id) as areas, bool_or(o.covers) as covers
    from (select place, kind_id, area_id, bool_or(covers) as covers
          from (select place, kind_id, area_id, true as covers from covering
                union all select place, kind_id, area_id, false from near) as both_kinds
          group by 1, 2, 3) o
    where not exists (select from member m
                      where m.place = o.place and m.kind_id = o.kind_id and m.area_id = o.area_id)
    group by 1, 2
)
select m.place, m.kind_id, m.area_id, coalesce(m.bridged_m, n.metres) as metres, coalesce(o.areas, '{{}}') as alternatives,
       case when coalesce(m.bridged_m, n.metres) < %(edge_m)s::float8 then 'edge'
            when m.bridged_m is not null then 'bridged'
            when o.covers then 'ambiguous'
            else 'near_border' end as method
from member m
left join near n using (place, kind_id, area_id)
left join other o using (place, kind_id)
where m.bridged_m is not null or n.metres is not null or o.covers
union all
select place, kind_id, null, null, '{{}}', 'gap' from link_bridge where area_id is null;

create index on link_exceptional (place);
analyze link_exceptional;
