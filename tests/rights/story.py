"""A few requests with everything that must stay hidden in them, and the people who come and look."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from geoserver_app import flow
from geoserver_app.accounts.models import PostHolder, User
from geoserver_app.accounts.rights import rights_of
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service
from geoserver_app.intake.models import Media, ServiceRequest
from geoserver_app.intake.submission import Contact, Photo, Submission
from geoserver_app.work.satisfaction import Reply
from geoserver_app.work.steps import Words
from tests import life
from tests.link.squared import at
from tests.route.city import City

LATER = life.MONDAY + timedelta(hours=1)
# Nobody outside City Hall may ever read one of these.
SECRETS = (
    "Rosalinda", "rosalinda@example.org", "(559) 555-0142", "559 555 0142", "5595550142", "12 Invented Way",
    "Benito", "benito@example.org", "777 Secret Lane", "dealing behind the garage", "1230 Main St",
    "the crew thinks it is the neighbor", "they were rude to my mother",
)  # fmt: skip
WHO = (
    "stranger", "resident", "with_code", "liaison", "other_liaison", "agent", "dispatcher", "trusted", "deputy",
    "other_deputy", "council", "planner", "gis", "manager", "admin",
)  # fmt: skip


@dataclass
class Story:
    """The town with its requests; ``client(name)`` is a browser in which somebody has come."""

    city: City
    ordinary: ServiceRequest  # a pothole in beat 1, exact place public, of the streets department, with a hidden photo
    masked: ServiceRequest  # weeds, whose house is never shown
    sensitive: ServiceRequest  # a tip, of which nothing is ever shown
    closed: ServiceRequest  # closed, answered by the resident with a comment
    photo: Media
    people: dict[str, User] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        browser = Client()
        if who in self.people:
            browser.force_login(self.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
        if who == "with_code":
            for request in (self.ordinary, self.sensitive, self.closed):
                answer = browser.post(f"/requests/{request}/", {"code": request.access_code})
                assert answer.status_code == 302, answer.content
        return browser

    @property
    def requests(self) -> dict[str, ServiceRequest]:
        return {"ordinary": self.ordinary, "masked": self.masked, "sensitive": self.sensitive, "closed": self.closed}


def tell(city: City) -> Story:
    """Builds the story, every request through flow."""
    beat = {"area_kind": "beat"}
    streets, parks = city.posts["streets"].department, city.posts["parks"].department
    hall = city.hall
    people = {
        "liaison": hall.person("lena", Role.LIAISON, department=streets),
        "other_liaison": hall.person("otto", Role.LIAISON, department=parks),
        "agent": hall.person("anna", Role.AGENT),
        "dispatcher": hall.person("dora", Role.DISPATCHER),
        "trusted": hall.person("tess", Role.DISPATCHER, sensitive=True),
        "deputy": hall.person("dan", Role.DEPUTY, area_codes=["1"], **beat),
        "other_deputy": hall.person("dina", Role.DEPUTY, area_codes=["2"], **beat),
        "council": hall.person("carl", Role.COUNCIL, area_kind="council_district", area_codes=["C1"]),
        "planner": hall.person("pia", Role.PLANNER),
        "gis": hall.person("gus", Role.GIS),
        "manager": hall.person("mona", Role.MANAGER),
        "admin": hall.person("ada", Role.ADMIN),
    }
    PostHolder.objects.create(post=city.posts["streets"], user=people["liaison"])
    rosalinda = Contact("Rosalinda Invented", "rosalinda@example.org", "(559) 555-0142", "12 Invented Way", "email")
    benito = Contact("Benito Invented", "benito@example.org", tell_by="email")
    Service.objects.filter(pk=city.services["pothole"].pk).update(text_publication="at_once")
    tip = hall.tip
    photo = Photo(b"\xff\xd8 a jpeg", b"\xff\xd8 small", 10, 10, "0" * 64)
    ordinary = _submit(
        city, city.services["pothole"], 350, 700, contact=rosalinda, photos=(photo,),
        description="A deep hole. Call me: 559 555 0142 or rosalinda@example.org",
    )  # fmt: skip
    liaison = rights_of(people["liaison"], at=LATER)
    flow.note(ordinary.pk, "the crew thinks it is the neighbor", public=False, by=liaison, at=LATER)
    masked = _submit(city, city.services["weeds"], 230, 530, contact=benito, address_text="1230 Main St")
    sensitive = _submit(
        city, tip, 450, 700, contact=rosalinda, address_text="777 Secret Lane", description="dealing behind the garage"
    )
    closed = _submit(city, city.services["pothole"], 360, 690, contact=rosalinda)
    flow.transition(closed.pk, to="closed", by=liaison, at=LATER, words=Words(resolution="repaired"))
    flow.answer(closed.pk, Reply("no", "discourteous", "they were rude to my mother"), at=LATER)
    media = Media.objects.get(request=ordinary)
    return Story(city, ordinary, masked, sensitive, closed, media, people)


def _submit(city: City, service: Service, x: float, y: float, **given: Any) -> ServiceRequest:
    lon, lat = at(x, y)
    return flow.submit(
        Submission(city.hall.jurisdiction.pk, service.pk, "web", lon=lon, lat=lat, place_method="pin", **given),
        at=life.MONDAY,
    ).request


def addresses() -> dict[str, str]:
    """Every address of the product: its name (with its namespace) and its pattern."""
    return dict(_walk(get_resolver(), "", ""))


def _walk(resolver: Any, prefix: str, space: str) -> Any:
    for one in resolver.url_patterns:
        pattern = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _walk(one, pattern, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name or pattern}", pattern
