-- What was decided of each request of a batch: what was decided of its case, with what it has of its own.
--
-- In:  route_ask, route_decided
-- Out: route_result (view)
create temporary view route_result as
select a.request_id, d.way, d.winner, d.runner_up, d.candidates, d.default_route, d.department, d.post, d.agency,
       d.priority, d.triage, d.copies, d.service_id, d.area_ids, d.lies_on, d.doubt, d.means, d.asset_kind,
       d.asset_owner, d.owner_class, d.land_use, d.answers, a.channel, a.language, a.minute, a.office_open,
       d.base_priority, d.unsure, d.rule_set_id, d.jurisdiction_id, a.received_at
from route_ask a join route_decided d on d.request_id = a.case_number;
