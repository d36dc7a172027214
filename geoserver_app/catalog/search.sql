-- Services by the words people use: the name in every language, the keywords, the code.
--
-- Inputs: jurisdiction id; the local day; the text as typed; its language ("es").
-- Result: service id, score 0 to 1.2, the phrase that matched best; best first.
-- A phrase of the reader's language counts a little more, so that "tree" and "tres" do not meet.
-- No index: a catalog has a hundred services with some fifteen phrases each; twenty milliseconds, sixty for a long sentence.
with asked as (
    select unaccent(lower(btrim(%(text)s))) as text
),
phrases as (
    select s.id, s.position, s.code, p.language, p.phrase, unaccent(lower(p.phrase)) as plain, p.weight
    from catalog_service s
    cross join lateral (
        select 'en' as language, s.name as phrase, 1.0 as weight
        union all
        select n.key, n.value, 1.0 from jsonb_each_text(s.names) n
        union all
        select k.key, w.value, 0.98
        from jsonb_each(s.keywords) k cross join lateral jsonb_array_elements_text(k.value) w
        union all
        select %(language)s, replace(s.code, '_', ' '), 0.9
    ) p
    where s.jurisdiction_id = %(jurisdiction)s and (s.retired_on is null or s.retired_on > %(day)s)
),
scored as (
    select
        f.id, f.position, f.code, f.phrase,
        f.weight * (case when f.language = %(language)s then 1.0 else 0.92 end) * (
            greatest(
                -- what was typed so far, somewhere in the phrase: "street li" finds "street light out"
                word_similarity(a.text, f.plain),
                -- the phrase somewhere in a whole sentence; one short word in a long sentence says less
                strict_word_similarity(f.plain, a.text) * least(1.0, 0.75 + length(f.plain) / 60.0)
            )
            + 0.2 * similarity(a.text, f.plain)
        ) as score
    from phrases f cross join asked a
),
best as (
    select distinct on (id) id, position, code, phrase, score
    from scored
    where score >= %(least)s
    order by id, score desc, phrase
)
select id, score, phrase
from best
order by score desc, position, code
limit %(limit)s
