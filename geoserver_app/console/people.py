"""Who reported a request, and what else this caller asked for: only for those who may see reporters of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from geoserver_app.accounts.roles import Capability
from geoserver_app.console.desk import Desk
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.work.actor import Actor
from geoserver_app.work.sight import visible_to

MOST_EARLIER = 10


@dataclass(frozen=True)
class Caller:
    """The reporter (None: anonymous) and their other requests that one may see, newest first."""

    reporter: Reporter | None
    earlier: tuple[ServiceRequest, ...] = ()

    @property
    def is_anonymous(self) -> bool:
        """Whether there is nobody to call or write to."""
        one = self.reporter
        return one is None or not (one.name or one.phone or one.email or one.postal_address)


def caller_of(request: ServiceRequest, actor: Actor, desk: Desk) -> Caller | None:
    """The caller, or None where this person may not see who reported this request. Two queries."""
    if Capability.SEE_REPORTERS not in actor.capabilities:
        return None
    reporter = Reporter.objects.filter(request=request).first()
    return Caller(reporter, tuple(_earlier(reporter, desk)) if reporter else ())


def _earlier(reporter: Reporter, desk: Desk) -> list[ServiceRequest]:
    """Found by the keyed hashes of telephone and e-mail address; a request is listed where its reporter may be seen."""
    same = Q(pk__in=[])
    if reporter.phone_hash:
        same |= Q(phone_hash=reporter.phone_hash)
    if reporter.email_hash:
        same |= Q(email_hash=reporter.email_hash)
    ids = list(Reporter.objects.filter(same).exclude(pk=reporter.pk).values_list("request", flat=True)[:200])
    if not ids:
        return []
    requests = ServiceRequest.objects.filter(pk__in=ids, jurisdiction=desk.jurisdiction)
    seen = visible_to(requests, desk.rights, Capability.SEE_REPORTERS)
    return list(seen.select_related("service").newest_first()[:MOST_EARLIER])
