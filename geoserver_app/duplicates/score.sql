-- The chance in percent that two reports are about one thing; an expression on a row of ``measured``. The weights are
-- those of a logistic fit on half of the demo's truth, rounded; what the demo cannot teach is set by hand: another asset
-- (-4), another service (-1.5), another number on a plate or a pole (-1.5).
round(100 / (1 + exp(-(
    2.8 - 4.9 * ratio
    + case when same_asset then 2.5 when same_asset = false then -4.0 else 0 end
    + case when same_parcel then 0.2 else 0 end
    - 2.5 * days / greatest(longest, 1)
    + case when is_own then 0 else -1.5 end
    + 2.0 * coalesce(alike, 0.2)
    + 1.9 * least(same_answers, 2) - 1.5 * least(other_answers, 2)
))))
