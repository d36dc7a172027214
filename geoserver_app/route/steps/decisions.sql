-- Appends the decisions of a batch; those before are no longer current.
--
-- In:  route_result; %(at)s  the moment, for requests that were not just taken in
-- Out: rows in route_decision
update route_decision d set is_current = false from route_ask r where d.request_id = r.request_id and d.is_current;

insert into route_decision (request_id, rule_set_id, decided_at, is_current, way, winner, runner_up, candidates,
    default_route, department, post, agency, priority, triage, copies, service, area_ids, lies_on, doubt, means,
    asset_kind, asset_owner, owner_class, land_use, answers, channel, language, minute, office_open, base_priority)
select r.request_id, r.rule_set_id, coalesce(r.received_at, %(at)s), true, r.way, r.winner, r.runner_up, r.candidates,
       r.default_route, r.department, r.post, r.agency, r.priority, r.triage, r.copies, r.service_id, r.area_ids,
       r.lies_on, r.doubt, r.means, r.asset_kind, r.asset_owner, r.owner_class, r.land_use, nullif(r.answers, '{}'),
       r.channel, r.language, r.minute, r.office_open, r.base_priority
from route_result r
order by r.request_id;
