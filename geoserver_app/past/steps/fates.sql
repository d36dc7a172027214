-- What is to be done with each request of the file: it is new, the same as before, another now, or not ours to touch.
--
-- In:  past_staged, past_repeat, past_event; %(jurisdiction)s, %(source)s, %(history)s  whether earlier rows count too
-- Out: past_said   a view: the rows that count, each with a digest over all that is said of its request
--      past_fate   seq, request_id, fate of those that are there already
create temporary table past_told as
select number, string_agg(told, E'\n' order by at, seq) as told
from (
    select number, at, seq, concat_ws('|', at, state, note, public) as told from past_event
    union all
    select s.number, '', s.seq, s.entry from past_staged s where %(history)s and not s.stays
) as one
group by number;
create unique index on past_told (number);
analyze past_told (number);

create temporary view past_said as
select s.*, md5(concat_ws('|', s.entry, s.lon, s.lat, s.address, s.is_default, t.told)) as digest
from past_staged s left join past_told t on t.number = s.number
where s.stays;

create temporary table past_fate as
select s.seq, r.id as request_id,
       case when o.digest = s.digest then 'same'
            when o.request_id is null then 'not_ours'
            when o.lines <> (
                select count(*) from work_statuschange c
                where c.request_id = r.id and not (c.kind = 'moved' and c.by_id is null and not c.by_reporter)
            ) then 'touched'
            else 'changed' end as fate
from past_said s
join intake_servicerequest r
    on r.jurisdiction_id = %(jurisdiction)s and r.source = %(source)s and r.external_id = s.number and s.number <> ''
left join past_origin o on o.request_id = r.id;
create unique index on past_fate (seq);
create unique index on past_staged (seq);
analyze past_staged (seq);
analyze past_fate (seq);
