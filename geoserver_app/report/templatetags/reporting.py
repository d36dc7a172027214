"""Small words of the report's page: numbers as a form carries them, telephone numbers, one field of the contact."""

from typing import Any

from django import template
from django.utils.translation import gettext as _

from geoserver_app.site.office import dialled

register = template.Library()


@register.filter
def plain(number: float | None) -> str:
    """A number with a point and without separators, whatever the language; empty for none."""
    return "" if number is None else repr(number)


@register.filter
def dial(number: str | None) -> str:
    """A telephone number as a tel: address takes it."""
    return dialled(number or "")


@register.inclusion_tag("report/contact_field.html")
def contact_field(name: str, value: str, errors: dict[str, str]) -> dict[str, Any]:
    """One field of how to reach somebody, with what is wrong with it."""
    labels = {
        "name": (_("Name"), "text", "name"),
        "email": (_("E-mail"), "email", "email"),
        "phone": (_("Telephone"), "tel", "tel"),
        "postal": (_("Postal address"), "text", "street-address"),
    }
    label, kind, autocomplete = labels[name]
    error = errors.get(name, "")
    return {"name": name, "value": value, "label": label, "type": kind, "autocomplete": autocomplete, "error": error}
