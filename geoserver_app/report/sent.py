"""GET /report/sent/: the number and the code, for whoever holds the signed key that sending gave."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify.case import RELATED, Case, case_of
from geoserver_app.notify.links import Purpose
from geoserver_app.notify.office import who_looks_when
from geoserver_app.org.calendar import calendar_of

SHOWN_FOR_S = 2 * 3600
_SALT = "onemap.report.sent"


@dataclass(frozen=True)
class Told:
    """What the page says of a report that was taken."""

    case: Case
    language: str

    @property
    def service(self) -> str:
        return self.case.service(self.language)

    @property
    def looks(self) -> str:
        """When somebody looks at it."""
        return who_looks_when(self.case, self.language)

    @property
    def due(self) -> str:
        # The sentence around it has a full stop of its own: "by Monday at 6:00 p.m."
        return self.case.due(self.language).removesuffix(".")

    @property
    def follow(self) -> str:
        """The path of one's own view of it, signed."""
        parts = urlsplit(self.case.link(Purpose.OWN, self.language))
        return f"{parts.path}?{parts.query}"

    @property
    def tell_by(self) -> str:
        """How its reporter is told."""
        return self.case.reporter.tell_by if self.case.reporter else Reporter.TellBy.NONE.value


def key_of(request: ServiceRequest) -> str:
    """A key that opens the page about a report for two hours, for whoever sent it."""
    return signing.TimestampSigner(salt=_SALT).sign(str(request.pk))


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page after sending; back to an empty form where the key is wrong or too old."""
    found = _report(request.GET.get("key", ""))
    if found is None:
        return HttpResponseRedirect(reverse("report"))
    case = case_of(found, calendar=calendar_of(found.jurisdiction), at=timezone.now())
    return render(request, "report/sent.html", {"report": found, "told": Told(case, get_language() or "en")})


def _report(key: str) -> ServiceRequest | None:
    try:
        pk = int(signing.TimestampSigner(salt=_SALT).unsign(key, max_age=SHOWN_FOR_S))
    except (signing.BadSignature, ValueError):
        return None
    return ServiceRequest.objects.filter(pk=pk).select_related(*RELATED).first()
