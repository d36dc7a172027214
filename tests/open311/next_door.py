"""The city next door, which speaks Open311 on the same server: what was referred to it goes there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile

from geoserver_app import flow, flow_referrals
from geoserver_app.accounts import keys
from geoserver_app.accounts.roles import Capability
from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.forward.models import AgencyEndpoint
from geoserver_app.forward.seal import seal
from geoserver_app.forward.wire import File, Heard, NoAnswer
from geoserver_app.intake.models import ServiceRequest
from geoserver_app.org.models import Agency, CityHall, Department
from geoserver_app.work.actor import Actor
from geoserver_app.work.models import Resolution
from layers.models import Jurisdiction
from tests import factories
from tests.link.squared import square
from tests.open311.conftest import NOW, Endpoint
from tests.open311.test_listing import report

_FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Said:
    """What was said to it, once."""

    method: str
    url: str
    fields: Mapping[str, str]
    headers: Mapping[str, str]
    files: Sequence[File]


@dataclass
class Neighbor:
    """The city next door, which takes requests on the same server; ``speak`` is the way there, which can be cut."""

    endpoint: Endpoint
    place: Jurisdiction
    service: Service
    at: AgencyEndpoint
    key: str
    cut: list[Any] = field(default_factory=list)
    asked: list[Said] = field(default_factory=list)

    def speak(
        self, method: str, url: str, fields: Mapping[str, str], headers: Mapping[str, str], files: Sequence[File] = ()
    ) -> Heard:
        said = Said(method, url, fields, headers, files)
        self.asked.append(said)
        cut = self.cut.pop(0) if self.cut else None
        if cut == "before":
            raise NoAnswer("nobody is there")
        if isinstance(cut, Heard):
            return cut
        answer = self._answer(said)
        if cut == "after":
            raise NoAnswer("the line broke")
        return Heard(answer.status_code, answer.content)

    def _answer(self, said: Said) -> Any:
        client, path, headers = self.endpoint.client, urlsplit(said.url).path, dict(said.headers)
        if said.method == "GET":
            return client.get(path, dict(said.fields), headers=headers)
        if not said.files:
            return client.post(path, urlencode(said.fields), content_type=_FORM, headers=headers)
        files = [SimpleUploadedFile(one.name, one.content, one.media_type) for one in said.files]
        return client.post(path, {**said.fields, said.files[0].field: files}, headers=headers)

    def run(self, after: timedelta = timedelta(0)) -> int:
        """One run of the worker's task, some time after the others."""
        self.endpoint.now += after
        flow_referrals.begin_due(self.endpoint.now)
        return flow_referrals.go_on_due(self.endpoint.now, speak=self.speak)

    def got(self) -> list[ServiceRequest]:
        return list(ServiceRequest.objects.filter(jurisdiction=self.place).order_by("pk"))


def next_door(endpoint: Endpoint) -> Neighbor:
    """The city next door, with a key for us and the address at which the county's roads are reported."""
    place = factories.jurisdiction("verde", outline=square(0, 0, 1500, 1000))
    CityHall.objects.create(jurisdiction=place, telephone="(559) 555-0190", languages=["en"], host_names=[])
    department = Department.objects.create(jurisdiction=place, code="roads", name="Roads")
    group = ServiceGroup.objects.create(jurisdiction=place, code="roads", name="Roads")
    service = Service.objects.create(jurisdiction=place, group=group, department=department, code="hole", name="Hole")
    Resolution.objects.create(jurisdiction=place, code="filled", meaning="fixed", name="Filled", sentence="Filled.")
    _key, text = keys.make(place, "Almendra", scopes=["report"], at=NOW)
    agency = Agency.objects.get(code="county-roads")
    at = AgencyEndpoint.objects.create(
        agency=agency, url="http://testserver/open311/v2/", jurisdiction_id="verde", sealed_key=seal(text),
        service_codes={"pothole": "hole"},
    )  # fmt: skip
    return Neighbor(endpoint, place, service, at, text)


def referred(neighbor: Neighbor, **given: Any) -> ServiceRequest:
    """A pothole of ours that was given to the county."""
    number = report(neighbor.endpoint, **given)
    request = ServiceRequest.objects.get(service_request_id=number)
    by = Actor.staff(neighbor.endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    return flow.refer(request.pk, neighbor.at.agency, by=by, at=NOW, reason="Theirs")


def told(request: ServiceRequest) -> list[str]:
    return [one.note for one in request.history.filter(kind="note_internal").order_by("pk")]
