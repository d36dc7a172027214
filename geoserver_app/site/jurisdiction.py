"""Which jurisdiction a request is about: named in the address, by host name, the default, or the only one."""

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest
from django.utils.translation import gettext as _

from geoserver_app.org.standing import of_host
from layers.errors import NotFound, OneMapError
from layers.models import Jurisdiction


class JurisdictionNeeded(OneMapError):
    """Several jurisdictions are served and the request names none; ``codes`` lists them."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(
            _("This installation serves several jurisdictions. Add jurisdiction=CODE with one of: %(codes)s.")
            % {"codes": ", ".join(codes)}
            if codes
            else _("This installation serves no jurisdiction yet. Load one: ./run manage add_jurisdiction --help")
        )


def of_request(request: HttpRequest) -> Jurisdiction:
    """The jurisdiction of a request; NotFound for an unknown code, JurisdictionNeeded where it cannot be told."""
    named = request.GET.get("jurisdiction", "")
    if named:
        return by_code(named)
    host = request.get_host().partition(":")[0]
    return of_host(host, default=settings.DEFAULT_JURISDICTION) or default_jurisdiction()


def of_request_or_none(request: HttpRequest) -> Jurisdiction | None:
    """The same, but None instead of an error: for page frames that can do without.

    The page that refuses a foreign Host header has a frame too, which must not ask for the host once more.
    """
    try:
        return of_request(request)
    except (OneMapError, DisallowedHost):
        return None


def by_code(code: str) -> Jurisdiction:
    """The jurisdiction with a code, or NotFound with the list of codes."""
    found = Jurisdiction.objects.filter(code=code).first()
    if found is None:
        raise NotFound(
            _("No jurisdiction with code '%(code)s'; there are: %(codes)s.")
            % {"code": code[:60], "codes": ", ".join(codes()) or _("none")}
        )
    return found


def default_jurisdiction() -> Jurisdiction:
    """DEFAULT_JURISDICTION, else the only one there is; JurisdictionNeeded with the list of codes otherwise."""
    if settings.DEFAULT_JURISDICTION:
        found = Jurisdiction.objects.filter(code=settings.DEFAULT_JURISDICTION).first()
        if found:
            return found
    all_codes = codes()
    if len(all_codes) == 1:
        return by_code(all_codes[0])
    raise JurisdictionNeeded(all_codes)


def codes() -> list[str]:
    """The codes of all jurisdictions, in order."""
    return list(Jurisdiction.objects.order_by("code").values_list("code", flat=True))
