"""Small words and addresses of the GIS desk's templates."""

from django import template
from django.urls import reverse

from geoserver_app.gis.class_words import SEVERITIES, called
from geoserver_app.site.templatetags.city import address
from layers.models import Edition

register = template.Library()


@register.filter
def severity_word(code: str) -> str:
    """What a severity is called."""
    return called(SEVERITIES, code)


@register.simple_tag(takes_context=True)
def address_of_edition(context: template.Context, edition: Edition, part: str = "") -> str:
    """The address of an edition's report, or of a part of it ("map.json")."""
    return address(context, reverse("gis_report", args=[edition.pk]) + part)
