"""Small words of an area's page: a duration with what it stands on, an address of these pages, the list of the area."""

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from geoserver_app.brief.areas import Place
from geoserver_app.site.templatetags.city import address

register = template.Library()


@register.simple_tag
def pace(days: float | None, number: int) -> SafeString | str:
    """ "2.4 days (31)": a median and how many it stands on."""
    if days is None or not number:
        return "—"
    return format_html('{} <span class="stands">({})</span>', duration(days), f"{number:,}")


def duration(days: float) -> str:
    """A time as people say it: hours up to two days, days to a decimal up to ten, then whole days."""
    if days < 2:
        hours = max(1, round(days * 24))
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    # The point and the comma of this country, in both languages.
    return _("%(n)s days") % {"n": f"{days:.1f}" if days < 10 else f"{days:,.0f}"}


@register.simple_tag(takes_context=True)
def own_address(context: template.Context, name: str, *parts: str, **parameters: object) -> str:
    """An address by its name; it stays in the jurisdiction that the present one names."""
    return address(context, reverse(name, args=parts), **parameters)


@register.simple_tag(takes_context=True)
def listed_here(context: template.Context, place: Place, **parameters: object) -> str:
    """The public list of what lies in the area."""
    return address(context, reverse("follow:index"), area=place.filter, **parameters)
