-- What a person must look at after routing: the doubts of decide.py for many requests.
--
-- In:  route_decided, route_ask; %(jurisdiction)s  id
--      %(version)s  number of the rules' version; %(names)s  names of the bits of ground: {{"park": 8}}
-- Out: rows in route_review
insert into route_review
select a.request_id, v.reason, v.detail
from (select d.request_id as case_number, 'near_line' as reason, jsonb_build_object(
                 'doubt', (select jsonb_agg(b.key order by b.value::int) from jsonb_each_text(%(names)s::jsonb) b
                           where d.unsure & b.value::int <> 0),
                 'candidates', to_jsonb(d.candidates), 'rules', %(version)s::int) as detail
      from route_decided d where d.jurisdiction_id = %(jurisdiction)s and d.way = 'safe'
      union all
      select d.request_id, case when d.winner is null then 'no_rule' else 'sent_to_triage' end,
             jsonb_build_object('rule', d.winner)
      from route_decided d
      where d.jurisdiction_id = %(jurisdiction)s and (d.way = 'none' or d.way = 'rule' and d.triage)) as v
join route_ask a on a.case_number = v.case_number;
