"""Small pictures and words of the map's pages: samples of lines and hatchings, positions, boxes."""

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from geoserver_app.maps import words
from geoserver_app.maps.area_style import AreaStyle
from geoserver_app.maps.drawing.symbols import ground_sample, swatch
from geoserver_app.maps.mercator import Frame
from geoserver_app.maps.view import around
from geoserver_app.site.templatetags.city import address
from layers.models import Jurisdiction

register = template.Library()


@register.simple_tag
def area_swatch(style: AreaStyle) -> SafeString:
    """A sample of how areas of a kind are drawn."""
    return mark_safe(swatch(style))  # noqa: S308 (drawn from our own constants)


@register.simple_tag
def ground_symbol(name: str) -> SafeString:
    """A sample of how the ground is drawn."""
    return mark_safe(ground_sample(name))  # noqa: S308 (drawn from our own constants)


@register.simple_tag(takes_context=True)
def map_of(context: template.Context, bbox: tuple[float, float, float, float], kind: str = "") -> str:
    """The address of the map that shows a box (degrees), with the areas of a kind switched on."""
    return address(context, "/", map=around(bbox, 640, 480), areas=kind)


@register.filter
def degrees(number: float) -> str:
    """A longitude or latitude to about a metre, whatever the language."""
    return f"{number:.5f}"


@register.filter
def safe_degrees(number: float | str) -> str:
    """The same to six decimals; nothing where there is none."""
    return f"{number:.6f}" if isinstance(number, float) else ""


@register.filter
def readable_address(text: str) -> str:
    """An address as people write it, though it be kept in capitals."""
    return words.readable(text)


@register.filter
def box_text(frame: Frame) -> str:
    """A frame's box as addresses carry it."""
    return ",".join(f"{number:.6f}" for number in frame.bbox)


@register.filter
def thousands(number: int) -> str:
    """A count as people write it here, in English and in Spanish: 73,120."""
    return f"{number:,}"


@register.filter
def land_use(code: str) -> str:
    return words.land_use(code)


@register.filter
def owner_words(code: str) -> str:
    return words.owner(code)


@register.filter
def name_here(jurisdiction: Jurisdiction) -> str:
    """A jurisdiction's name in the language of the page."""
    return jurisdiction.name_in(get_language() or "en")
