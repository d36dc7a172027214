"""The small files that browsers and crawlers ask for."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.templatetags.static import static
from django.utils.translation import get_language

from geoserver_app.site.jurisdiction import of_request_or_none


def manifest(request: HttpRequest) -> JsonResponse:
    """What a telephone needs to put the site on its home screen."""
    jurisdiction = of_request_or_none(request)
    name = jurisdiction.name_in(get_language() or "en") if jurisdiction else "One Map City Hall"
    icon = {"src": static("site/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}
    content = {
        "name": name,
        "short_name": name[:24],
        "lang": get_language(),
        "start_url": "/",
        "display": "minimal-ui",
        "background_color": "#ffffff",
        "theme_color": "#162e51",
        "icons": [icon],
    }
    return JsonResponse(content, content_type="application/manifest+json")


def robots(request: HttpRequest) -> HttpResponse:
    """Pages may be found; answers about single places and the staff's doors need not be."""
    lines = ["User-agent: *", "Disallow: /here", "Disallow: /map.svg", "Disallow: /tiles/", "Disallow: /admin/", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain")


def favicon(request: HttpRequest) -> HttpResponse:
    """Where old browsers look for the icon."""
    return HttpResponse(status=301, headers={"Location": static("site/icon.svg")})
