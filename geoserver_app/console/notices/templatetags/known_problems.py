"""The list of known problems beside the public map."""

from typing import Any

from django import template
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language

from geoserver_app.duplicates.models import Notice
from geoserver_app.site.jurisdiction import of_request
from geoserver_app.site.notices import said

register = template.Library()
MOST = 10


@register.inclusion_tag("notices/on_map.html", takes_context=True)
def known_problems(context: template.Context) -> dict[str, Any]:
    """What holds now in the jurisdiction that the page shows, the newest first; two queries at most."""
    request: HttpRequest = context["request"]
    jurisdiction, at = of_request(request), timezone.now()
    held = Notice.objects.filter(jurisdiction=jurisdiction).in_force(at).order_by("-begins_at", "-pk")[:MOST]
    return {"notices": said(held, jurisdiction, get_language() or "en", at)}
