    -- How well a street's name fits what was asked, 0 to 1: the name itself, its beginning as it is being typed, a
    -- slip of the finger, or letters in common; less where a given type or direction is another one.
    select max(
        case
            when u.plain = a.name then 1.0
            when length(a.name) >= 2 and starts_with(u.plain, a.name) then 0.8 + 0.15 * length(a.name) / length(u.plain)
            when length(a.name) >= 4
                and levenshtein_less_equal(u.plain, a.name, 2) <= case when length(a.name) >= 5 then 2 else 1 end
                then 0.95 - 0.1 * levenshtein_less_equal(u.plain, a.name, 2)
            else 0.9 * similarity(u.plain, a.name)
        end
    )
    * case when {type} = '' or u.post_type in ('', {type}) then 1.0 else 0.93 end
    * case when {way} = '' or {way} in (u.pre_directional, u.post_directional) then 1.0
           when u.pre_directional = '' and u.post_directional = '' then 0.97 else 0.88 end
    from unnest({names}) as a (name)
