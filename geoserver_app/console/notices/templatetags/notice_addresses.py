"""Addresses of notices."""

from django import template
from django.urls import reverse

from geoserver_app.duplicates.models import Notice
from geoserver_app.site.templatetags.city import address

register = template.Library()


@register.simple_tag(takes_context=True)
def address_of_notice(context: template.Context, notice: Notice, page: str = "") -> str:
    """The address of a notice's page, or of what can be done with it: "lift"."""
    name = f"console_notice_{page}" if page else "console_notice"
    return address(context, reverse(name, args=[notice.pk]))
