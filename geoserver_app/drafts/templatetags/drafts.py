"""Addresses and words of the templates of drafts."""

from datetime import datetime
from typing import Any

from django import template
from django.urls import reverse

from geoserver_app.console.words import say
from geoserver_app.site.templatetags.city import address

register = template.Library()


@register.simple_tag(takes_context=True)
def to_edition(context: template.Context, edition_id: int, page: str = "edition") -> str:
    """The address of a page about an edition: "draw", "preview", "activate" ..."""
    return address(context, reverse(f"gis_{page}", args=[edition_id]))


@register.simple_tag(takes_context=True)
def to_page(context: template.Context, name: str, *arguments: Any) -> str:
    """The address of any other page of the desk."""
    return address(context, reverse(f"gis_{name}", args=arguments))


@register.filter
def state_word(state: str) -> str:
    """What a request's state is called."""
    return say("state", state)


@register.filter
def day_of(text: str) -> datetime:
    """The moment that a text in ISO form says."""
    return datetime.fromisoformat(text)
