-- Points that stand for "place unknown": a share of all located requests that no spot of a city has, of categories in
-- much the mix of the whole file. A real spot has its own few kinds of problem.
--
-- In:  past_staged; %(least)s requests, %(share)s of all that are located, %(alike)s overlap of the two mixes (0 to 1)
-- Out: rows (lon, lat, requests, alike), the largest first
with located as (
    select lon, lat, service, count(*) as n from past_staged where stays and lon is not null group by 1, 2, 3
), total as (
    select sum(n) as n from located
), mix as (
    select service, sum(n) / (select n from total) as share from located group by 1
), spot as (
    select lon, lat, sum(n) as n from located group by 1, 2
    having sum(n) >= greatest(%(least)s, %(share)s * (select n from total))
)
select s.lon, s.lat, s.n, sum(least(l.n / s.n, m.share)) as alike
from spot s
join located l on l.lon = s.lon and l.lat = s.lat
join mix m on m.service = l.service
group by s.lon, s.lat, s.n
having sum(least(l.n / s.n, m.share)) >= %(alike)s
order by s.n desc, s.lon, s.lat
limit 50
