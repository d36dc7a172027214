"""Where a visitor comes from, for everything that is counted by address."""

import ipaddress
from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The network address, as far as our own proxies vouch for it; of IPv6 the /64 that one home has."""
    hops = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), request.META.get("REMOTE_ADDR", "")]
    return _network(_outermost_trusted([hop.strip() for hop in hops if hop.strip()]))


def _outermost_trusted(hops: Sequence[str]) -> str:
    trusted: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    return hops[-1 - min(trusted, len(hops) - 1)] if hops else ""


def _network(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else str(found)
