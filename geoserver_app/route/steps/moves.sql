-- What two versions of the rules decide of the same cases, side by side: who moves, and how many each desk has.
--
-- In:  route_case, route_before, route_after (what each version decides of the cases)
-- Out: route_move  one row for each request that the two decide otherwise; rows in route_held, by desk, and in route_sum
insert into route_move
select unnest(c.requests), b.department, b.post, b.agency, b.triage, b.priority, b.copies, b.winner,
       a.department, a.post, a.agency, a.triage, a.priority, a.copies, a.winner
from route_case c
join route_after a on a.case_number = c.request_id
left join route_before b on b.case_number = c.request_id
where (b.department, b.post, b.agency, b.triage, b.priority, b.copies)
      is distinct from (a.department, a.post, a.agency, a.triage, a.priority, a.copies);

insert into route_held
select department, post, sum(before), sum(after)
from (select b.department, b.post, cardinality(c.requests) as before, 0 as after
      from route_case c join route_before b on b.case_number = c.request_id
      union all
      select a.department, a.post, 0, cardinality(c.requests)
      from route_case c join route_after a on a.case_number = c.request_id) as x
group by department, post;

insert into route_sum
select sum(cardinality(c.requests)), sum(k.total)
from route_case c
join route_after a on a.case_number = c.request_id
cross join lateral (
    select sum(('x' || left(md5(concat_ws(';', id, a.department, a.post, a.agency, a.triage, a.priority, a.copies)), 15)
               )::bit(60)::bigint) as total
    from unnest(c.requests) as id) as k;
