-- Numbers that stand on several rows, and which of these counts.
--
-- In:  past_staged; %(first)s  whether the first row counts, else the last
-- Out: past_repeat  number, n, seq of the row that counts; past_staged.stays
create index on past_staged (number);
analyze past_staged (number);
create temporary table past_repeat as
select number, count(*) as n, case when %(first)s then min(seq) else max(seq) end as seq
from past_staged group by number having count(*) > 1;
create unique index on past_repeat (number);
update past_staged s set stays = false from past_repeat p where p.number = s.number and p.seq <> s.seq;
