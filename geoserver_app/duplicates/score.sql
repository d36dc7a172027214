-- The chance in percent that two reports are about one thing; an expression on a row of ``measured``. The weights are
-- those of a logistic fit on half of the demo's truth, rounded (tests/bench/duplicates_fit.py); the same parcel was
-- found to weigh nothing beside the distance. What the demo cannot teach is set by hand: another asset (-4), another
-- service (-1.5), another number on a plate or a pole (-1.5).
round(100 / (1 + exp(-(
    3.0 - 4.5 * ratio
    + case when same_asset then 0.9 when same_asset = false then -4.0 else 0 end
    - 3.2 * days / greatest(longest, 1)
    + case when is_own then 0 else -1.5 end
    + 1.5 * coalesce(alike, 0.2)
    + 1.6 * least(same_answers, 2) - 1.5 * least(other_answers, 2)
))))
