-- A longer history out of a shorter one: every request once more, as many times as asked, a little elsewhere and some
-- days earlier, each an incident's first report again where it was one. Only what a map counts and shows; no people,
-- decisions or histories.
-- In: {columns}, {values}  all columns of a request, and what a copy has in each
--     %(first)s, %(last)s  which copies; %(stride)s  more than any id of what is copied
with copies as materialized (
    select r.id + c.n * %(stride)s::bigint as new_id, r.incident_id + c.n * %(stride)s::bigint as new_incident,
           c.n, r.*, (random() - 0.5) * 0.0006 as east, (random() - 0.5) * 0.0005 as north,
           floor(random() * 25) * interval '1 day' as earlier
    from intake_servicerequest r
    cross join generate_series(%(first)s::int, %(last)s::int) as c (n)
    where r.id < %(stride)s::bigint
), incidents as (
    insert into intake_incident (id, created_at, jurisdiction_id)
    select distinct on (new_incident) new_incident, requested_datetime - earlier, jurisdiction_id
    from copies order by new_incident, requested_datetime
)
insert into intake_servicerequest ({columns})
select {values} from copies
