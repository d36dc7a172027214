-- Frequent questions whose words, or whose answer's, are like those that were typed, in any language.
--
-- Inputs: jurisdiction id; the text as typed; the least likeness (0 to 1).
-- Result: question id and likeness, best first. No index: a city has some forty.
with asked as (select unaccent(lower(btrim(%(text)s))) as text)
select f.id, max(strict_word_similarity(a.text, unaccent(lower(w.value)))) as score
from catalog_faq f
cross join lateral (
    select value from jsonb_each_text(f.question) union all select value from jsonb_each_text(f.answer)
) w
cross join asked a
where f.jurisdiction_id = %(jurisdiction)s and length(a.text) > 2
group by f.id
having max(strict_word_similarity(a.text, unaccent(lower(w.value)))) >= %(least)s
order by score desc, f.id
limit 3
