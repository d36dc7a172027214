"""Small words of the templates: an icon, a telephone link, the same page in another language."""

import re
from functools import cache

from django import template
from django.http import HttpRequest, QueryDict
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from geoserver_app.site.language import PARAMETER
from geoserver_app.site.modules import imported_by
from geoserver_app.site.office import dialled
from geoserver_app.site.vendoring import VENDOR

register = template.Library()

SAFE = "/,:"  # may stand in a query as they are, and are easier to read so
# What the browser adds to an address on its own belongs to one view of a page, not to its translation.
_NOT_TRANSLATED = ("part",)


@register.simple_tag
def icon(name: str) -> SafeString:
    """A vendored icon as inline SVG in the text's own color; hidden from screen readers, the words beside it count."""
    return mark_safe(_icon(name))  # noqa: S308 (our own vendored file)


@cache
def _icon(name: str) -> str:
    svg = (VENDOR / "lucide" / f"{name}.svg").read_text(encoding="utf-8")
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'class="[^"]*"', 'class="icon" aria-hidden="true" focusable="false"', svg, count=1)
    return re.sub(r"\s+", " ", svg).replace("> <", "><").strip()


@register.simple_tag
def module(name: str) -> SafeString:
    """A module as a script, and before it the names of all that it imports: they are fetched at once, not by levels."""
    links = format_html_join("", '<link rel="modulepreload" href="{}">', ((static(one),) for one in imported_by(name)))
    return format_html('{}<script type="module" src="{}"></script>', links, static(name))


@register.filter
def telephone_link(number: str) -> SafeString:
    """A number that a phone dials when it is touched."""
    return format_html('<a class="tel" href="tel:{}">{}</a>', dialled(number), number)


@register.simple_tag(takes_context=True)
def in_language(context: template.Context, language: str) -> str:
    """The address of this very page in another language."""
    request: HttpRequest | None = context.get("request")
    query = QueryDict(mutable=True) if request is None else request.GET.copy()
    for name in _NOT_TRANSLATED:
        query.pop(name, None)
    query[PARAMETER] = language
    return f"?{query.urlencode(safe=SAFE)}"


@register.simple_tag(takes_context=True)
def address(context: template.Context, path: str, **parameters: object) -> str:
    """An address of ours with parameters; it stays in the jurisdiction that the present address names, if any."""
    request: HttpRequest | None = context.get("request")
    query = QueryDict(mutable=True)
    if request and request.GET.get("jurisdiction"):
        query["jurisdiction"] = request.GET["jurisdiction"]
    for name, value in parameters.items():
        if value:
            query[name] = str(value)
    return f"{path}?{query.urlencode(safe=SAFE)}" if query else path
