"""How a page says who may open it: ``@requires(Capability.REVIEW)`` above the view.

A stranger is sent to log in; somebody without the capability is refused (403). Pages under the staff's addresses that
say nothing are refused to everybody, so that a forgotten line shuts a door instead of opening it.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from geoserver_app.accounts.rights import Rights, rights_of
from geoserver_app.accounts.roles import Capability

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
_MARK = "needs_one_of"
_KEPT = "_onemap_rights"


def request_rights(request: HttpRequest) -> Rights:
    """The rights of whoever asks, looked up once a request."""
    kept: Rights | None = getattr(request, _KEPT, None)
    if kept is None:
        kept = rights_of(request.user, at=timezone.now())
        setattr(request, _KEPT, kept)
    return kept


def requires(*one_of: Capability) -> Callable[[View], View]:
    """Opens a view to those who have at least one of the capabilities, somewhere.

    Which requests the view may show them is the view's own question: ``visible_to(rights)``.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return _to_log_in(request)
            if request_rights(request).capabilities.isdisjoint(one_of):
                raise PermissionDenied(_("Your log-in does not include this page. Ask your administrator."))
            return view(request, *args, **kwargs)

        setattr(guarded, _MARK, frozenset(one_of))
        return cast(View, guarded)

    return decorate


def capabilities_of(view: Callable[..., Any]) -> frozenset[Capability] | None:
    """The capabilities one of which a view needs; None where it says nothing."""
    found: frozenset[Capability] | None = getattr(view, _MARK, None)
    return found


def _to_log_in(request: HttpRequest) -> HttpResponse:
    """To the log-in page and back; a script or a program that asks for data is refused instead."""
    if request.method in {"GET", "HEAD"} and request.accepts("text/html"):
        return redirect_to_login(request.get_full_path())
    raise PermissionDenied(_("Log in first."))


class ClosedStaffPagesMiddleware:
    """Refuses every page under ``STAFF_ADDRESSES`` whose view does not say who may open it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Raises PermissionDenied before such a view runs."""
        if request.path_info.startswith(tuple(settings.STAFF_ADDRESSES)) and capabilities_of(view) is None:
            raise PermissionDenied(_("Nobody may open this page: it does not say who may."))
