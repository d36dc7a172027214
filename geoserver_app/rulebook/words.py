"""The words for the states of a version."""

from django.utils.translation import pgettext


def state(code: str) -> str:
    """What a state is called."""
    said = {
        "draft": pgettext("rules", "Draft"),
        "active": pgettext("rules", "In force"),
        "retired": pgettext("rules", "Retired"),
    }
    return said[code]
