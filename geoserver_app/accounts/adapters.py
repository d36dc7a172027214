"""How allauth behaves here: accounts are made by the city, never by whoever comes along."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.utils import timezone

from geoserver_app.accounts.rights import rights_of
from geoserver_app.accounts.roles import Capability

_SETTINGS_PAGES = {
    Capability.EDIT_CATALOG,
    Capability.EDIT_RULES,
    Capability.EDIT_GEOGRAPHY,
    Capability.MANAGE_PEOPLE,
}


class StaffAccounts(DefaultAccountAdapter):
    """Log-in by user name or e-mail address. Nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The first page after log-in: the console for those who see requests, else the GIS desk, else the settings."""
        capabilities = rights_of(request.user, at=timezone.now()).capabilities
        if Capability.SEE_REQUESTS in capabilities:
            return "/console/"
        if Capability.EDIT_GEOGRAPHY in capabilities:
            return "/console/gis/"
        return "/" if capabilities.isdisjoint(_SETTINGS_PAGES) else "/admin/"


class DirectoryAccounts(DefaultSocialAccountAdapter):
    """Log-in through the city's own directory (OpenID Connect): opens accounts that exist here, makes none."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False
