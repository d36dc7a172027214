"""The order of the exceptions of a draft: positions from 1 without gaps."""

from __future__ import annotations

from geoserver_app.route.models import RuleSet


def put_in_order(draft: RuleSet, code: str | None = None, position: int = 1) -> None:
    """Numbers the exceptions anew, ``code`` at a position (1 is the first, beyond the last is the last).

    Call inside a transaction: the constraint looks at its end.
    """
    codes = list(draft.rules.order_by("position").values_list("code", flat=True))
    if code in codes:
        codes.remove(code)
        codes.insert(min(max(position, 1), len(codes) + 1) - 1, code)
    for at, one in enumerate(codes, 1):
        draft.rules.filter(code=one).exclude(position=at).update(position=at)
