"""Everything below /open311/ answers in Open311's own form, whoever refuses it, and may be read by any web page."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from geoserver_app.open311.document import Form
from geoserver_app.open311.door import PREFIX, faults
from geoserver_app.open311.errors import AWAY, BROKEN, GENERAL, MISSING, Fault
from geoserver_app.site.program_door import ProgramDoor

# Open311 knows 400, 403 and 404; what others of ours may say besides.
_KNOWN = {400, 403, 404, 405, 429, 500, 503}
_SAID = {
    BROKEN: "Something went wrong here. Please try again; with the same Idempotency-Key nothing is taken twice.",
    AWAY: "The database does not answer just now. Try again in a few seconds.",
    MISSING: "There is no such address. Begin at /open311/discovery.xml.",
}


class Open311Middleware(ProgramDoor):
    """Puts errors that arose elsewhere into a list of faults."""

    prefix = PREFIX

    def refusal(self, http: HttpRequest, status: int, headers: dict[str, str] | None = None) -> HttpResponse:
        form: Form = "json" if http.path_info.endswith(".json") else "xml"
        shown = status if status in _KNOWN else GENERAL
        said = _SAID.get(shown, f"{HTTPStatus(status).phrase}: what was sent cannot be read.")
        return faults((Fault(shown, said),), form, shown, headers)
