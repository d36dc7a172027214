"""Signed links: for one request, one purpose, and not for ever. Masks for addresses."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from geoserver_app.notify.errors import BadLink
from geoserver_app.notify.links import LIFETIME, Purpose, base_address, read_key, signed_link
from geoserver_app.notify.masks import mask_address, mask_email, mask_phone
from tests.life import MONDAY, Town


def key_of(link: str) -> str:
    return parse_qs(urlsplit(link).query)["key"][0]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_link_opens_its_own_request_until_it_ends(almendra: Town, purpose: Purpose) -> None:
    request = almendra.request()
    key = key_of(signed_link(request, purpose, hall=almendra.hall, language="es", at=MONDAY))
    ends = MONDAY + LIFETIME[purpose]
    assert read_key(key, purpose, at=ends - timedelta(seconds=1)).request_id == request.pk
    with pytest.raises(BadLink):
        read_key(key, purpose, at=ends + timedelta(seconds=1))


def test_a_link_for_one_thing_is_none_for_another(almendra: Town) -> None:
    key = key_of(signed_link(almendra.request(), Purpose.STOP, hall=almendra.hall, language="en", at=MONDAY))
    with pytest.raises(BadLink):
        read_key(key, Purpose.OWN, at=MONDAY)


@pytest.mark.parametrize("change", [lambda key: key[:-1], lambda key: "x" + key, lambda key: "", lambda key: key + "é"])
def test_a_link_that_was_changed_opens_nothing(almendra: Town, change: Callable[[str], str]) -> None:
    key = key_of(signed_link(almendra.request(), Purpose.OWN, hall=almendra.hall, language="en", at=MONDAY))
    with pytest.raises(BadLink):
        read_key(change(key), Purpose.OWN, at=MONDAY)


def test_a_link_carries_the_number_and_the_language_but_not_the_code(almendra: Town) -> None:
    request = almendra.request()
    link = signed_link(request, Purpose.OWN, hall=almendra.hall, language="es", at=MONDAY)
    assert f"/requests/{request.service_request_id}/?lang=es&" in link
    assert request.access_code not in link


def test_the_address_is_the_one_that_is_set_else_the_city_halls_own(almendra: Town, settings: Any) -> None:
    settings.PUBLIC_URL = "https://311.almendra.example"
    assert base_address(almendra.hall) == "https://311.almendra.example"
    settings.PUBLIC_URL = ""
    assert base_address(almendra.hall) == "http://almendra.example"


def test_masks_tell_two_apart_and_no_more() -> None:
    assert mask_email("maria.lopez@example.com") == "m…@example.com"
    assert mask_phone("+1 (559) 555-0142") == "…42"
    assert mask_address("4512 W Olive Ave", "post") == mask_email("nonsense") == mask_phone("12") == "…"
