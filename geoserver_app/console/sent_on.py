"""What an agency that has a request by Open311 does not get of it by itself."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from geoserver_app.forward.models import Forward
from geoserver_app.forward.photos import lacking
from geoserver_app.intake.models import ServiceRequest

_SENT = (Forward.State.PENDING, Forward.State.THERE, Forward.State.ENDED)


def photos_not_sent(one: ServiceRequest, language: str) -> str:
    """Why the agency lacks photos that everybody sees by now; empty where it has them, or gets them by itself."""
    if one.state != ServiceRequest.State.REFERRED:
        return ""
    sent = Forward.objects.filter(request=one, endpoint__agency=one.agency_id, state__in=_SENT)
    forward = sent.select_related("endpoint__agency", "request").order_by("pk").last()
    if forward is None:
        return ""
    photos = lacking(forward)
    return _why(forward, [forward.said_of(photo.pk) for photo in photos], language) if photos else ""


def _why(forward: Forward, said: list[str | None], language: str) -> str:
    refused = next((one for one in said if one), "")
    agency = forward.endpoint.agency.name_in(language)
    if refused:
        sentence = _("A photo was not sent on to %(agency)s, which refused it: %(said)s")
    elif not forward.endpoint.takes_updates:
        sentence = _("%(agency)s lacks a photo that everybody sees: it takes none after the referral.")
    elif forward.state == Forward.State.ENDED:
        sentence = _("%(agency)s lacks a photo that everybody sees: it gave us no number to add it to.")
    elif not settings.PUBLIC_URL:
        sentence = _(
            "%(agency)s lacks a photo that everybody sees: it goes as an address alone, and PUBLIC_URL is not set."
        )
    else:
        return ""
    return sentence % {"agency": agency, "said": refused}
