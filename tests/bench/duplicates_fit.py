"""Fits the weights of a score for duplicates on one half of the demo's truth: `python -m tests.bench.duplicates_fit`.

Prints the weights for score.sql, and how the fitted half would do at which threshold. What is suggested is chosen by
these figures alone: the lowest at which the precision of both views is 0.95 or more with 95 in 100 certainty.
`./run bench duplicates` then measures on the other half. What the demo cannot teach stays as it was set.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import numpy.typing as npt

from tests.bench import database
from tests.bench.duplicates_truth import asked_then, half_of, index_for_then, keys, likely, probes, truth

Floats = npt.NDArray[np.float64]
PROBES, RIDGE, STEPS = 48_000, 0.5, 50
NAMES = ("sum", "ratio", "same asset", "same parcel", "days", "alike", "same answers")
# What score.sql sets by hand: another asset, another service, another number.
BY_HAND = (-4.0, -1.5, -1.5)
MORE = ", b.ratio, b.longest, b.same_asset is false as another_asset, b.alike as alike_or_none"
THRESHOLDS = (45, 75, 78, 80, 81, 82, 83, 84, 85, 86, 88, 90)


def main() -> int:
    database.prepare()
    from layers.models import Jurisdiction

    place = Jurisdiction.objects.get(code="almendra")
    same, key = truth(place), keys()
    index_for_then()
    some = half_of(probes(place, PROBES), same, key, measured=False)
    views = {public: asked_then(some, public=public, least=0, most=5, more=MORE) for public in (True, False)}
    told = {public: np.array([_is_same(row, same, key) for row in rows]) for public, rows in views.items()}
    rows = [*views[True], *views[False]]
    found = _fitted(_facts(rows), _set_by_hand(rows), np.concatenate([told[True], told[False]]))
    print("weights:", ", ".join(f"{name} {weight:.1f}" for name, weight in zip(NAMES, found, strict=True)))
    for public, of_view in views.items():
        chance = _chances(_facts(of_view) @ found.round(1) + _set_by_hand(of_view))
        _print_figures("public rows" if public else "true rows", np.round(100 * chance), told[public])
    return 0


def _is_same(row: Any, same: dict[str, str], key: dict[int, str]) -> bool:
    one, other = key[row.key], key[row.request_id]
    return same.get(one, one) == same.get(other, other)


def _facts(rows: list[Any]) -> Floats:
    """One row for each pair, one column for each of NAMES, as score.sql weighs them."""
    return np.array([
        (1, row.ratio, row.same_asset, row.same_parcel, float(row.days) / max(row.longest, 1),
         0.2 if row.alike_or_none is None else row.alike_or_none, min(row.same_answers, 2))
        for row in rows
    ], dtype=float)  # fmt: skip


def _set_by_hand(rows: list[Any]) -> Floats:
    asset, service, number = BY_HAND
    return np.array([
        asset * row.another_asset + service * (not row.is_own) + number * min(row.other_answers, 2) for row in rows
    ])  # fmt: skip


def _chances(total: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-total)), dtype=float)


def _fitted(facts: Floats, fixed: Floats, told: npt.NDArray[np.bool_]) -> Floats:
    """Weights of a logistic sum by Newton's method, with a small ridge on all but the constant."""
    ridge = RIDGE * np.diag([0.0] + [1.0] * (facts.shape[1] - 1))
    weights = np.zeros(facts.shape[1])
    for _ in range(STEPS):
        chance = _chances(facts @ weights + fixed)
        slope = facts.T @ (chance - told) + ridge @ weights
        curve = (facts * (chance * (1 - chance))[:, None]).T @ facts + ridge
        weights -= np.linalg.solve(curve, slope)
    return weights


def _print_figures(name: str, score: Floats, told: npt.NDArray[np.bool_]) -> None:
    for least in THRESHOLDS:
        shown = score >= least
        right, kept = told[shown].mean(), told[shown].sum() / told.sum()
        low, _high = likely(int(told[shown].sum()), int(shown.sum()))
        said = f"precision {right:.3f} (from {low:.3f}), of the true ones {kept:.3f}, n={shown.sum()}"
        print(f"{name}, {least} or more: {said}")


if __name__ == "__main__":
    sys.exit(main())
