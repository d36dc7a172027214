"""Addresses and words of the templates about rules."""

from typing import Any

from django import template
from django.urls import reverse

from geoserver_app.route.models import RuleSet
from geoserver_app.rulebook import words
from geoserver_app.site.templatetags.city import address

register = template.Library()


@register.simple_tag(takes_context=True)
def to_rules(context: template.Context, page: str, *arguments: Any) -> str:
    """The address of a page about rules: ``{% to_rules "try" rules.version %}``."""
    return address(context, reverse(f"rules_{page}", args=arguments))


@register.simple_tag(takes_context=True)
def address_of_number(context: template.Context, number: str) -> str:
    """The address of a request's page, by its tracking number."""
    return address(context, reverse("console_request", args=[number]))


@register.filter
def state_of(rules: RuleSet) -> str:
    """What the state of a version is called."""
    return words.state(rules.state)


@register.filter
def signed(number: int) -> str:
    """ "+12", "−3", "0": how many more or fewer."""
    return f"+{number}" if number > 0 else f"−{-number}" if number < 0 else "0"
