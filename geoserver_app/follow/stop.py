"""/requests/NUMBER/stop/: no more messages about a request. A mail program may do it in one step (RFC 8058)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from geoserver_app import flow
from geoserver_app.follow.door import asked, code_page, follow_link, key_request, private
from geoserver_app.intake.models import Reporter, ServiceRequest
from geoserver_app.notify.links import KEY, Purpose


@csrf_exempt
@private
@require_http_methods(["GET", "HEAD", "POST"])
def stop(http: HttpRequest, number: str) -> HttpResponse:
    """A POST with the mail's key in the address needs nothing else: the key is what no other site can know."""
    if http.method == "POST" and http.GET.get(KEY):
        request = key_request(asked(http, number), http.GET[KEY], Purpose.STOP)
        if request is not None:
            flow.stop_messages(request.pk)
            return HttpResponse(status=204)
    return _stop_page(http, number)


@csrf_protect
def _stop_page(http: HttpRequest, number: str) -> HttpResponse:
    """GET shows a button (mail scanners open every link), POST stops."""
    said = asked(http, number)
    linked = follow_link(http, said, Purpose.STOP, "stop")
    if linked is not None:
        return linked
    if said.request is None or not said.is_own(http, Purpose.STOP):
        return code_page(http, said, page="stop")
    if http.method == "POST":
        flow.stop_messages(said.request.pk)
    stopped = not _is_told(said.request)
    return render(http, "follow/stop.html", {"number": said.number, "stopped": stopped, "own": said.is_own(http)})


def _is_told(request: ServiceRequest) -> bool:
    return Reporter.objects.filter(request=request).exclude(tell_by=Reporter.TellBy.NONE).exists()
