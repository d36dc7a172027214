"""Small words of the call-taker's form."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import get_language

from geoserver_app.catalog.models import Service
from geoserver_app.console.take.drafts import Draft

register = template.Library()


@register.filter
def value(draft: Draft, name: str) -> str:
    """What was typed into a field."""
    return draft.one(name)


@register.filter
def of(table: Mapping[str, Any], name: str) -> Any:
    """An entry of a table; empty where there is none."""
    return table.get(name, "")


@register.filter
def called_here(service: Service) -> str:
    """A service's name in the page's language."""
    return service.name_in(get_language() or "en")
