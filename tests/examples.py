"""How many examples a dear property is tried with: all in ./run test-all, a third of them in the everyday tests."""

from hypothesis import HealthCheck, settings

EVERYDAY = "not slow"
_PART = {"of": 1}


def choose(marks: str) -> None:
    """Called before any test is read, with what was given as -m."""
    _PART["of"] = 3 if EVERYDAY in marks else 1
    # How long an example takes hangs on what else the machine does: no test fails for that.
    settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.load_profile("patient")


def examples(all_of_them: int) -> int:
    """The number for max_examples. Examples are drawn anew in each run, so that days add up."""
    return all_of_them // _PART["of"]
