"""Photos: by names that cannot be guessed, and only for those who may see them."""

from typing import Any

import pytest
from django.test import Client

from geoserver_app.intake.models import ServiceRequest
from tests.follow.conftest import page, unlocked, with_photo
from tests.life import Town


def address(request: ServiceRequest, name: str) -> str:
    return f"/requests/{request.service_request_id}/photos/{name}"


def test_a_photo_that_waits_for_a_look_is_ones_own(resident: Client, public: ServiceRequest) -> None:
    name = with_photo(public, public=False)
    assert resident.get(address(public, name)).status_code == 404
    unlocked(resident, public)
    answer = resident.get(address(public, name))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Content-Security-Policy"] == "default-src 'none'"
    small = resident.get(address(public, name.replace(".jpg", ".s.jpg")))
    assert small.content[:2] == b"\xff\xd8"


def test_a_released_photo_of_a_public_request_is_shown_to_all(resident: Client, public: ServiceRequest) -> None:
    name = with_photo(public, public=True)
    assert name in page(resident, public)
    assert resident.get(address(public, name)).status_code == 200


def test_a_released_photo_goes_when_the_request_is_hidden(resident: Client, public: ServiceRequest) -> None:
    name = with_photo(public, public=True)
    ServiceRequest.objects.filter(pk=public.pk).update(is_public=False, public_geom=None, public_address="")
    assert resident.get(address(public, name)).status_code == 404


def test_a_photo_is_not_found_under_another_number(resident: Client, almendra: Town, public: ServiceRequest) -> None:
    other = almendra.request(is_public=True)
    name = with_photo(public, public=True)
    assert resident.get(address(other, name)).status_code == 404


def test_the_crews_photos_are_the_crews_until_released(resident: Client, public: ServiceRequest) -> None:
    name = with_photo(public, public=False)
    public.media.update(stage="work")
    unlocked(resident, public)
    assert resident.get(address(public, name)).status_code == 404


@pytest.mark.parametrize("name", ["..%2F..%2Fetc%2Fpasswd.jpg", "a.jpg", "0" * 32 + ".jpg", "%00.jpg", "1.s.s.jpg"])
def test_names_that_are_none_are_not_found(resident: Client, public: ServiceRequest, name: str) -> None:
    assert resident.get(address(public, name)).status_code == 404


def test_a_file_that_is_gone_is_not_found(resident: Client, public: ServiceRequest, settings: Any) -> None:
    name = with_photo(public, public=True)
    from pathlib import Path

    for kept in Path(settings.MEDIA_ROOT).rglob("*.jpg"):
        kept.unlink()
    assert resident.get(address(public, name)).status_code == 404


def test_the_picture_of_a_hidden_place_is_ones_own(resident: Client, hidden: ServiceRequest) -> None:
    path = f"/requests/{hidden.service_request_id}/map.svg"
    assert resident.get(path).status_code == 404
    unlocked(resident, hidden)
    answer = resident.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
