"""Numbers of the planners' page."""

from django import template

register = template.Library()


@register.filter
def value(number: float | None) -> str:
    """A rate as people read it: 1,234, 12.3, 0.45; a dash where there is none."""
    if number is None:
        return "—"
    if number == int(number) or number >= 100:
        return f"{number:,.0f}"
    return f"{number:.1f}" if number >= 10 else f"{number:.2f}"
