"""As client: a photo that is released after the referral follows as an update, once; else the page says why not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from geoserver_app.accounts import keys
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.seal import seal
from geoserver_app.forward.wire import Heard
from geoserver_app.intake.models import Media, ServiceRequest
from tests.open311.conftest import NOW, Endpoint
from tests.open311.next_door import Neighbor, next_door, referred
from tests.open311.test_forwarding_photos import ERRORS, a_photo

QUARTER = timedelta(minutes=16)


@pytest.fixture
def neighbor(endpoint: Endpoint, settings: Any) -> Neighbor:
    """One that takes updates with our key."""
    settings.PUBLIC_URL = "https://311.city.example"
    made = next_door(endpoint)
    _key, text = keys.make(made.place, "Almendra, updates", scopes=["report", "update"], at=NOW)
    AgencyEndpoint.objects.update(takes_updates=True, sealed_key=seal(text))
    return made


def there_without_photos(neighbor: Neighbor, photos: int) -> ServiceRequest:
    """A request that they have, whose photos are released only now."""
    request = referred(neighbor, photos=tuple(a_photo() for _ in range(photos)))
    Media.objects.update(is_public=False)
    neighbor.run()
    ServiceRequest.objects.filter(jurisdiction=neighbor.place).update(is_public=True)
    Media.objects.update(is_public=True)
    return request


def updates(neighbor: Neighbor) -> list[Any]:
    return [one.fields for one in neighbor.asked if one.url.endswith("servicerequestupdates.xml")]


def page(neighbor: Neighbor, request: ServiceRequest) -> str:
    browser = Client()
    dispatcher = neighbor.endpoint.city.hall.people["dispatcher"]
    browser.force_login(dispatcher, backend="allauth.account.auth_backends.AuthenticationBackend")
    return browser.get(f"/console/requests/{request}/").content.decode()


def test_each_goes_once_whatever_breaks_on_the_way(neighbor: Neighbor) -> None:
    request = there_without_photos(neighbor, 2)
    neighbor.cut = [None, "before", None, "after"]  # each time they are asked how it stands, then told
    for wait in (QUARTER, QUARTER, QUARTER, timedelta(minutes=1), QUARTER):
        assert neighbor.run(wait) == 1
    first, second = Media.objects.filter(request=request).order_by("pk")
    sending = Forward.objects.get().sending
    assert [one["update_id"] for one in updates(neighbor)] == [f"{sending}-{first.pk}"] * 3 + [f"{sending}-{second.pk}"]
    assert Forward.objects.get().photos == {str(first.pk): "", str(second.pk): ""}
    (theirs,) = neighbor.got()
    said = list(theirs.history.filter(kind="details").order_by("pk").values_list("note", flat=True))
    addresses = [one["media_url"] for one in updates(neighbor)[2:]]
    assert said == [f"A photo was added: {one}" for one in addresses]
    assert all(one.startswith(f"https://311.city.example/requests/{request}/photos/") for one in addresses)
    assert "lacks a photo" not in page(neighbor, request)


def test_what_went_along_does_not_follow_and_what_is_hidden_neither(neighbor: Neighbor) -> None:
    request = referred(neighbor, photos=(a_photo(), a_photo()))
    hidden = Media.objects.filter(request=request).latest("pk")
    Media.objects.filter(pk=hidden.pk).update(is_public=False)
    neighbor.run()
    ServiceRequest.objects.filter(jurisdiction=neighbor.place).update(is_public=True)
    neighbor.run(QUARTER)
    assert len(neighbor.asked[0].files) == 1
    assert updates(neighbor) == []
    Forward.objects.update(photos=None)  # sent before anybody kept which ones they have
    Media.objects.update(is_public=True)
    neighbor.run(QUARTER)
    assert updates(neighbor) == []


def test_what_they_refuse_is_told_and_not_sent_again(neighbor: Neighbor) -> None:
    request = there_without_photos(neighbor, 1)
    neighbor.cut = [None, Heard(400, ERRORS % 400)]
    for _ in range(2):
        neighbor.run(QUARTER)
    assert len(updates(neighbor)) == 1
    assert Forward.objects.get().state == "there"
    assert "was not sent on to County Road Department, which refused it: 400: No" in page(neighbor, request)


@pytest.mark.parametrize(("given", "address", "sentence"), [
    ({"takes_updates": False}, "https://311.city.example", "it takes none after the referral"),
    ({}, "", "PUBLIC_URL is not set"),
])  # fmt: skip
def test_where_it_cannot_be_sent_the_page_says_why(
    neighbor: Neighbor, settings: Any, given: dict[str, Any], address: str, sentence: str
) -> None:
    AgencyEndpoint.objects.update(**given)
    settings.PUBLIC_URL = address
    request = there_without_photos(neighbor, 1)
    neighbor.run(QUARTER)
    assert updates(neighbor) == []
    assert sentence in page(neighbor, request)
