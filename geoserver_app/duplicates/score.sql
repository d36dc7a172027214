-- The chance in percent that two reports are about one thing; an expression on a row of ``measured``.
round(100 / (1 + exp(-(
    3.0 - 4.0 * ratio
    + case when same_asset then 3.0 when same_asset = false then -4.0 else 0 end
    + case when same_parcel then 0.3 else 0 end
    - 1.5 * days / greatest(longest, 1)
    + case when is_own then 0 else -1.5 end
    + case when alike is null then 0 else 1.0 * (alike - 0.3) end
    + least(same_answers, 2) * 1.0 - least(other_answers, 2) * 1.5
))))
