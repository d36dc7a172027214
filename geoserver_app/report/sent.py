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

from geoserver_app.duplicates import chosen
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify.case import RELATED, Case, case_of
from geoserver_app.notify.links import Purpose
from geoserver_app.notify.office import who_looks_when
from geoserver_app.org.calendar import calendar_of
from geoserver_app.report.same import public_of

SHOWN_FOR_S = 2 * 3600
_SALT = "onemap.report.sent"


@dataclass(frozen=True)
class Told:
    """What the page says of a report that was taken."""

    case: Case
    language: str
    chose: str = ""  # the number of the known problem to which the reporter wanted to be added

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

    @property
    def same(self) -> str:
        """What became of that, where it is not what was chosen."""
        report = self.case.request
        return chosen.told(report, self.chose, public_of(report.jurisdiction)) if self.chose else ""


def key_of(request: ServiceRequest, chose: str = "") -> str:
    """A key that opens the page about a report for two hours, for whoever sent it, and knows what was chosen."""
    return signing.TimestampSigner(salt=_SALT).sign(f"{request.pk} {chose}")


@never_cache
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The page after sending; back to an empty form where the key is wrong or too old."""
    pk, chose = _opened(request.GET.get("key", ""))
    found = ServiceRequest.objects.filter(pk=pk).select_related(*RELATED).first() if pk else None
    if found is None:
        return HttpResponseRedirect(reverse("report"))
    case = case_of(found, calendar=calendar_of(found.jurisdiction), at=timezone.now())
    return render(request, "report/sent.html", {"report": found, "told": Told(case, get_language() or "en", chose)})


def _opened(key: str) -> tuple[int, str]:
    """(the id of a report, what was chosen); id 0 for a key that is wrong or too old."""
    try:
        pk, _space, chose = signing.TimestampSigner(salt=_SALT).unsign(key, max_age=SHOWN_FOR_S).partition(" ")
        return int(pk), chose
    except (signing.BadSignature, ValueError):
        return 0, ""
