"""The administration pages: opened by what somebody's roles allow, through the one log-in page that there is."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from geoserver_app.accounts.backends import PAGES
from geoserver_app.accounts.doors import request_rights


class RoleAdminSite(AdminSite):
    """Open to whoever sets something up. Django's ``is_staff`` does not count, and there is no second log-in form."""

    site_title = site_header = "One Map City Hall"
    index_title = "Administration"

    def has_permission(self, request: HttpRequest) -> bool:
        return not request_rights(request).capabilities.isdisjoint(PAGES.values())

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Everybody logs in on one page, with its second factor and its limits."""
        if request.user.is_authenticated:
            raise PermissionDenied("Your log-in includes no administration pages.")
        return redirect_to_login(request.GET.get("next") or reverse("admin:index"))
