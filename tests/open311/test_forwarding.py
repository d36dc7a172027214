"""As client: what is referred to an agency with an endpoint goes there, and what they say comes back."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from geoserver_app import flow, flow_referrals
from geoserver_app.accounts.roles import Capability
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.seal import unseal
from geoserver_app.forward.sending import photo_of
from geoserver_app.forward.wire import Heard, NoAnswer, NotFetched, over_network
from geoserver_app.intake.models import Media, Reporter, Review, ServiceRequest
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.submission import Contact
from geoserver_app.open311.models import ServiceType
from geoserver_app.work.actor import Actor
from geoserver_app.work.steps import Words
from tests.open311.conftest import NOW, Endpoint
from tests.open311.next_door import Neighbor, next_door, referred, told
from tests.report.conftest import picture


@pytest.fixture
def neighbor(endpoint: Endpoint) -> Neighbor:
    return next_door(endpoint)


def test_a_referral_goes_there_once_with_place_and_words_and_without_the_person(neighbor: Neighbor) -> None:
    who = Contact("Rosalinda Invented", "rosalinda@example.org")
    request = referred(neighbor, description="A deep hole", contact=who)
    assert neighbor.run() == 1
    (theirs,) = neighbor.got()
    assert theirs.service == neighbor.service
    assert theirs.geom.coords == pytest.approx(request.geom.coords)
    assert theirs.description == f"A deep hole\n\n(City of Almendra {request})"
    assert not Reporter.objects.filter(request=theirs).exists()
    assert told(request) == [f"Sent to County Road Department; their number is {theirs}."]
    assert neighbor.run() == 0
    assert len(neighbor.got()) == 1


def test_the_person_is_told_them_only_where_that_was_agreed(neighbor: Neighbor) -> None:
    AgencyEndpoint.objects.update(shares_contact=True)
    referred(neighbor, contact=Contact("Rosalinda Invented", "rosalinda@example.org"))
    neighbor.run()
    assert Reporter.objects.get(request=neighbor.got()[0]).email == "rosalinda@example.org"


def test_the_address_of_a_released_photo_goes_along_and_of_no_other(neighbor: Neighbor, settings: Any) -> None:
    settings.PUBLIC_URL = "https://311.city.example"
    request = referred(neighbor, photos=(read_photo(picture())[0],))
    assert photo_of(request) != ""
    Media.objects.update(is_public=False)
    assert photo_of(request) == ""
    Media.objects.update(is_public=True)
    neighbor.run()
    (theirs,) = neighbor.got()
    (link,) = theirs.media_links.all()
    seen = neighbor.endpoint.client.get(urlsplit(link.url).path)
    assert link.url.startswith("https://311.city.example/requests/")
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/jpeg")
    request.is_public = False
    assert photo_of(request) == ""


def test_what_they_close_is_done_here_and_their_words_stay_inside(neighbor: Neighbor) -> None:
    request = referred(neighbor)
    neighbor.run()
    (theirs,) = neighbor.got()
    ServiceRequest.objects.filter(pk=theirs.pk).update(is_public=True)
    neighbor.run(timedelta(minutes=16))
    by = Actor.staff(neighbor.endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    words = Words(resolution="filled", status_notes="Filled with asphalt.")
    flow.transition(theirs.pk, to="closed", by=by, at=neighbor.endpoint.now, words=words)
    assert neighbor.run(timedelta(minutes=16)) == 1
    request.refresh_from_db()
    assert request.state == "done"
    assert request.status_notes == ""
    assert request.history.latest("pk").note == "County Road Department says: Filled with asphalt."
    assert Forward.objects.get().state == "ended"
    assert neighbor.run(timedelta(days=1)) == 0


def test_a_token_is_traded_for_the_number_when_there_is_one(neighbor: Neighbor) -> None:
    ServiceType.objects.create(service=neighbor.service, type="batch")
    request = referred(neighbor)
    neighbor.run()
    forward = Forward.objects.get()
    assert (forward.state, forward.number) == ("pending", "")
    assert told(request) == []
    neighbor.run(timedelta(minutes=2))
    assert Forward.objects.get().state == "pending"
    ServiceRequest.objects.filter(jurisdiction=neighbor.place).update(state="assigned", is_public=True)
    neighbor.run(timedelta(minutes=2))
    forward = Forward.objects.get()
    assert (forward.state, forward.number) == ("there", str(neighbor.got()[0]))
    assert forward.number in told(request)[0]


def test_a_black_box_is_sent_and_no_more_is_heard_of_it(neighbor: Neighbor) -> None:
    ServiceType.objects.create(service=neighbor.service, type="blackbox")
    request = referred(neighbor)
    neighbor.run()
    assert Forward.objects.get().state == "ended"
    assert told(request) == ["Sent to County Road Department."]


def test_who_does_not_answer_is_asked_again_later_and_later(neighbor: Neighbor) -> None:
    referred(neighbor)
    neighbor.cut = ["before"] * 4
    waits = []
    for _ in range(4):
        assert neighbor.run() == 1
        forward = Forward.objects.get()
        waits.append(int((forward.due_at - neighbor.endpoint.now).total_seconds() / 60))
        assert neighbor.run() == 0
        neighbor.endpoint.now = forward.due_at
    assert waits == [1, 2, 4, 8]
    assert neighbor.run() == 1
    assert len(neighbor.got()) == 1
    assert Forward.objects.get().attempts == 0


def test_a_line_that_breaks_after_they_took_it_makes_no_second_report(neighbor: Neighbor) -> None:
    request = referred(neighbor)
    neighbor.cut = ["after"]
    neighbor.run()
    assert len(neighbor.got()) == 1
    neighbor.run(timedelta(minutes=2))
    assert len(neighbor.got()) == 1
    assert str(neighbor.got()[0]) in told(request)[0]


def test_a_worker_that_died_leaves_it_to_the_next_one(neighbor: Neighbor) -> None:
    referred(neighbor)

    def dies(*_: Any) -> Heard:
        raise MemoryError

    flow_referrals.begin_due(NOW)
    with pytest.raises(MemoryError):
        flow_referrals.go_on_due(NOW, speak=dies)
    assert flow_referrals.go_on_due(NOW, speak=neighbor.speak) == 0
    assert neighbor.run(timedelta(minutes=6)) == 1
    assert len(neighbor.got()) == 1


@pytest.mark.parametrize(("status", "body", "said"), [
    (403, b"<errors><error><code>403</code><description>Bad key</description></error></errors>", "403: Bad key"),
    (404, b"<html>", "HTTP status 404"),
])  # fmt: skip
def test_a_refusal_is_a_persons_matter(neighbor: Neighbor, status: int, body: bytes, said: str) -> None:
    request = referred(neighbor)
    neighbor.cut = [Heard(status, body)]
    neighbor.run()
    forward = Forward.objects.get()
    assert (forward.state, forward.error) == ("failed", said)
    review = Review.objects.get(request=request, reason="forward_failed")
    assert review.detail == {"agency": "County Road Department", "error": said}
    assert neighbor.run(timedelta(days=2)) == 0


def test_an_agency_without_such_a_service_is_not_asked(neighbor: Neighbor) -> None:
    AgencyEndpoint.objects.update(service_codes={})
    referred(neighbor)
    neighbor.run()
    assert neighbor.asked == []
    assert "no service for 'pothole'" in Forward.objects.get().error


@pytest.mark.parametrize("body", [b"", b"no xml", b"\xff", b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
                                  b"<service_requests>", b"<html/>"])  # fmt: skip
def test_an_answer_that_is_no_open311_breaks_nothing(neighbor: Neighbor, body: bytes) -> None:
    referred(neighbor)
    neighbor.cut = [Heard(200, body)]
    neighbor.run()
    forward = Forward.objects.get()
    assert forward.state in {"waiting", "ended"}


def test_an_answer_in_a_namespace_is_read_too(neighbor: Neighbor) -> None:
    request = referred(neighbor)
    body = (
        b'<service_requests xmlns="http://wiki.open311.org/GeoReport_v2"><request>'
        b"<service_request_id>77</service_request_id></request></service_requests>"
    )
    neighbor.cut = [Heard(200, body)]
    neighbor.run()
    assert Forward.objects.get().number == "77"
    assert "77" in told(request)[0]


def test_what_came_back_to_us_is_not_sent_any_more(neighbor: Neighbor) -> None:
    request = referred(neighbor)
    neighbor.cut = ["before"]
    neighbor.run()
    by = Actor.staff(neighbor.endpoint.city.hall.people["dispatcher"].pk, frozenset(Capability))
    flow.hand_on(request.pk, neighbor.endpoint.city.hall.works, post=None, by=by, reason="Ours after all", at=NOW)
    neighbor.run(timedelta(hours=1))
    assert neighbor.got() == []
    assert Forward.objects.get().state == "ended"


def test_the_key_of_an_agency_is_kept_sealed(neighbor: Neighbor, settings: Any) -> None:
    sealed = AgencyEndpoint.objects.get().sealed_key
    assert neighbor.key not in sealed
    assert unseal(sealed) == neighbor.key
    referred(neighbor)
    settings.SECRET_KEY = "another-secret-0123456789abcdef0123456789"
    neighbor.run()
    assert "Enter it again" in Forward.objects.get().error


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v2/requests.xml", "https://127.0.0.1/v2/requests.xml",
                                 "file:///etc/passwd", "https://user:pass@city.example/", "ftp://x/"])  # fmt: skip
def test_our_own_neighborhood_is_not_asked_unless_the_operator_says_so(url: str) -> None:
    with pytest.raises(NotFetched):
        over_network("GET", url, {}, {})


def test_a_host_inside_is_asked_where_the_operator_says_so(settings: Any) -> None:
    settings.OPEN311_INSIDE_HOSTS = ["127.0.0.1"]
    with pytest.raises(NoAnswer):
        over_network("GET", "http://127.0.0.1:9/v2/requests.xml", {}, {})
