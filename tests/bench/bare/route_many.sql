-- The plainest SQL that writes the same rows as routing a linked batch: every request to its service's own desk.
update route_decision d set is_current = false from link_batch b where d.request_id = b.request_id and d.is_current;

insert into route_decision (request_id, rule_set_id, decided_at, is_current, way, default_route, department, post, priority,
    triage, service, area_ids, lies_on, doubt, means, asset_kind, asset_owner, owner_class, land_use, channel, language,
    minute, office_open, base_priority)
select b.request_id, d.rule_set_id, now(), true, 'default', d.id, d.department_id, d.post_id, s.priority, false, b.service_id,
       coalesce(r.area_ids[1:4], '{}'), 2, 0, '', '', '', coalesce(r.owner_class, ''), coalesce(r.land_use, ''), b.channel,
       b.language, extract(hour from b.requested_datetime)::int, true, s.priority
from link_batch b
join catalog_service s on s.id = b.service_id
join route_ruleset v on v.state = 'active'
join route_defaultroute d on d.rule_set_id = v.id and d.service_id = b.service_id and d.area_id is null
left join bare_link r on r.request_id = b.request_id
