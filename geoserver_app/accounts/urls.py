"""The pages of the log-in: allauth's, without those by which people would change who they are."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path


def not_here(request: HttpRequest) -> HttpResponse:
    """404: e-mail addresses are the administrator's to change, and a reset by mail needs mail."""
    raise Http404


urlpatterns = [
    path("email/", not_here),
    *([] if settings.PASSWORD_BY_MAIL else [path("password/reset/", not_here)]),
    path("", include("allauth.urls")),
]
