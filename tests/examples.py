"""How many examples a dear property is tried with: all in ./run test-all, a fifth of them in the everyday tests.

The same code is tried with the same examples, here and wherever else it is tested; ``ONEMAP_ANEW=1`` draws others.
"""

import os

from hypothesis import HealthCheck, settings

EVERYDAY = "not slow"
_PART = {"of": 1}


def choose(marks: str) -> None:
    """Called before any test is read, with what was given as -m."""
    _PART["of"] = 5 if EVERYDAY in marks else 1
    same = not os.environ.get("ONEMAP_ANEW")
    settings.register_profile(
        "steady",
        max_examples=examples(100),
        deadline=None,  # how long an example takes hangs on what else the machine does: no test fails for that
        suppress_health_check=[HealthCheck.too_slow],
        derandomize=same,
        database=None if same else settings.default.database,
    )
    settings.load_profile("steady")


def examples(all_of_them: int) -> int:
    """The number for max_examples."""
    return all_of_them // _PART["of"]
