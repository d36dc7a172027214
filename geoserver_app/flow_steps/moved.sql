-- Requests of a batch of stored ones that link and route otherwise than they stand.
--
-- In:  link_result, route_result, intake_servicerequest, route_decision
--      %(kind)s  id of a kind: only those whose areas of this kind are others; null: all
-- Out: moved_batch  request, its areas that are others (by kind and code: left, entered; null where only the ground, the
--                   public row or how it is known is another), whether it lies elsewhere (more than that a border is
--                   nearer), whether it is open, whether another desk would have it by the rules
--                   (never one that follows another report of its incident: it stays where that one is)
create temporary table moved_batch on commit drop as
select r.id as request_id,
       case when cardinality(a.gone) + cardinality(a.fresh) > 0
            then jsonb_build_array(to_jsonb(a.gone), to_jsonb(a.fresh)) end as areas,
       r.area_ids <> l.area_ids or r.parcel_id is distinct from l.parcel_id
       or r.centerline_id is distinct from l.centerline_id or r.is_public <> l.is_public
       or r.public_geom is distinct from l.public_geom or r.public_area_ids <> l.public_area_ids
       or r.public_address <> l.public_address and r.place_method <> 'address' as lies_elsewhere,
       r.state not in ('closed', 'cancelled') as is_open,
       r.leads and r.state not in ('closed', 'cancelled', 'received') and d.id is not null
       and (d.department, d.post, d.agency, d.triage) is distinct from (n.department, n.post, n.agency, n.triage)
           as elsewhere
from link_result l
join intake_servicerequest r on r.id = l.request_id
join route_result n on n.request_id = r.id
left join route_decision d on d.request_id = r.id and d.is_current
cross join lateral (
    select array(select k.code || ':' || s.code
                 from (select unnest(r.area_ids) as id except select unnest(l.area_ids)) as x
                 join layers_area s on s.id = x.id join layers_kind k on k.id = s.kind_id order by 1) as gone,
           array(select k.code || ':' || s.code
                 from (select unnest(l.area_ids) as id except select unnest(r.area_ids)) as x
                 join layers_area s on s.id = x.id join layers_kind k on k.id = s.kind_id order by 1) as fresh
    where r.area_ids <> l.area_ids
    union all
    select '{}', '{}' where r.area_ids = l.area_ids
) as a
where (r.area_ids <> l.area_ids or r.parcel_id is distinct from l.parcel_id
       or r.centerline_id is distinct from l.centerline_id or r.is_public <> l.is_public
       or r.public_geom is distinct from l.public_geom
       or r.public_address <> l.public_address and r.place_method <> 'address'
       or r.public_area_ids <> l.public_area_ids
       or r.near_border <> l.near_border and not (r.near_border and n.way = 'safe')
       or exists (
           select from (select e.kind_id, coalesce(e.area_id, 0) as area, e.method, e.metres, e.alternatives
                        from link_exceptional e where e.place = l.place) e
           full join (select m.kind_id, coalesce(m.area_id, 0) as area, m.method, m.distance_m, m.alternatives
                      from link_membership m where m.request_id = r.id) m
             on m.kind_id = e.kind_id and m.area = e.area
           where e.method is distinct from m.method or e.alternatives is distinct from m.alternatives
              or coalesce(abs(e.metres - m.distance_m), 0) > 0.01)
       or (d.department, d.post, d.agency, d.triage) is distinct from (n.department, n.post, n.agency, n.triage)
          and d.id is not null and r.state not in ('closed', 'cancelled', 'received'))
  and (%(kind)s::bigint is null or exists (
       select 1 from layers_area s
       where s.kind_id = %(kind)s::bigint and s.id = any(r.area_ids || l.area_ids)
         and (s.id = any(r.area_ids)) <> (s.id = any(l.area_ids))));

delete from link_batch b
where not exists (select from moved_batch m where m.request_id = b.request_id and not m.elsewhere);
delete from route_ask b where not exists (
    select from moved_batch m where m.request_id = b.request_id and m.is_open and not m.elsewhere);
