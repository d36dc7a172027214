"""The addresses of our own JSON API; what each takes and gives stands in /api/openapi.json, made from the same code."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation

from geoserver_app.api import catalog, ground, handing, pages, problems
from layers.errors import OneMapError


class Api(NinjaAPI):
    """Operations are called in the document as they are called here."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        return str(operation.view_func.__name__)


api = Api(
    title="One Map City Hall",
    version="1.2.0",
    description="Requests, services, areas and places of a city. Errors are problem details (RFC 9457).",
    urls_namespace="api",
    docs_url=None,
)
api.exception_handler(OneMapError)(problems.of_ours)
api.exception_handler(ValidationError)(problems.of_values)
api.exception_handler(HttpError)(problems.of_body)
for router in (catalog.router, handing.router, ground.router):
    api.add_router("", router)


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """GET /api/: where to go on."""
    found = {
        name: request.build_absolute_uri(path) for name, path in {"openapi": "openapi.json", "docs": "docs"}.items()
    }
    return JsonResponse({"title": api.title, **found})


def nowhere(request: HttpRequest) -> HttpResponse:
    """404: there is no such address below /api/."""
    return problems.problem(404)


urlpatterns = [
    path("", landing, name="api_landing"),
    path("docs", pages.docs_of(api), name="api_docs"),
    path("", api.urls),
    re_path(".*", csrf_exempt(nowhere), name="api_nowhere"),
]
