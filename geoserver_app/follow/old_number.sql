-- Requests that were imported under a number of an old system, whichever it was.
--
-- Inputs: jurisdiction id; the number as typed.
-- Result: request ids; two at most, since more than one is no answer.
-- Index: request_external_id_once_per_source (jurisdiction, source, external_id). It does not lead with the number, so
-- the few sources are walked first, one index step each.
with recursive sources as (
    (
        select source from intake_servicerequest
        where jurisdiction_id = %(jurisdiction)s and external_id <> ''
        order by source limit 1
    )
    union all
    select (
        select r.source from intake_servicerequest r
        where r.jurisdiction_id = %(jurisdiction)s and r.external_id <> '' and r.source > s.source
        order by r.source limit 1
    )
    from sources s where s.source is not null
)
select r.id
from sources s
join intake_servicerequest r
    on r.jurisdiction_id = %(jurisdiction)s and r.source = s.source
    and r.external_id = %(number)s and r.external_id <> ''
where s.source is not null
limit 2
