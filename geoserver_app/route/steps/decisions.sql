-- Appends the decisions of a batch; those before are no longer current.
--
-- In:  route_result; %(at)s  the moment
-- Out: rows in route_decision
update route_decision d set is_current = false from route_result r where d.request_id = r.request_id and d.is_current;

insert into route_decision (request_id, rule_set_id, decided_at, is_current, way, winner, runner_up, candidates,
    default_route, department, post, agency, priority, triage, copies, service, area_ids, lies_on, doubt, means,
    asset_kind, asset_owner, owner_class, land_use, answers, channel, language, minute, office_open, base_priority)
select request_id, rule_set_id, %(at)s, true, way, winner, runner_up, candidates, default_route, department, post, agency,
       priority, triage, copies, service_id, area_ids, lies_on, doubt, means, asset_kind, asset_owner, owner_class,
       land_use, nullif(answers, '{}'), channel, language, minute, office_open, base_priority
from route_result;
