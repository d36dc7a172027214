"""Reports that went wrong on their way: a clear refusal or a whole request, no fault of ours, nothing half."""

import random
from collections import Counter
from typing import Any

import pytest

from geoserver_app.accounts.models import ApiKey
from geoserver_app.intake.models import Answer, Incident, Media, MediaLink, Reporter, ServiceRequest
from tests.link.squared import at
from tests.open311.conftest import V2, Endpoint, faults_of
from tests.proofs import MUTATIONS

_NASTY = (
    "", " ", "\0", "\ufffe", "\U0001f573", "é" * 300, "x" * 5000, "<script>alert(1)</script>", "]]>", "&amp;", "%00",
    "-1", "1e309", "nan", "NaN", "Infinity", "0x10", "1_000", "٣٦", "99999999999999999999", "2026-13-45", "[]", "{}",
    "' or 1=1 --", "../../etc/passwd", "\r\nX-Header: a", "null", "true", "a,b,c", "\ud83d",
)  # fmt: skip
_FIELDS = (
    "service_code", "lat", "long", "address_string", "address_id", "description", "email", "phone", "first_name",
    "media_url", "media", "attribute[string]", "attribute[number]", "attribute[datetime]", "attribute[singlevaluelist]",
    "attribute[multivaluelist][]", "attribute[]", "attribute[x", "jurisdiction_id", "lang", "idempotency_key",
    "api_key",
)  # fmt: skip
_TYPES = (
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-16", "text/xml", "",
    "multipart/form-data; boundary=x", "multipart/form-data", "application/json", "*/*;;;",
)  # fmt: skip
LOT = 250


def test_a_hundred_mutated_reports_break_nothing(endpoint: Endpoint) -> None:
    tally = mutate(endpoint, 100, seed=1)
    assert tally[201] > 10
    assert tally[400] > 30


# What one transaction changed it drags along, and every case counts its key's calls: a fresh one for each lot.
@pytest.mark.slow
@pytest.mark.parametrize("lot", range(-(-MUTATIONS // LOT)))
def test_thousands_of_mutated_reports_break_nothing(endpoint: Endpoint, lot: int) -> None:
    tally = mutate(endpoint, LOT, seed=100 + lot)
    assert sum(tally.values()) == LOT


def mutate(endpoint: Endpoint, count: int, seed: int) -> Counter[int]:
    """Sends mutated reports and checks after each that it was refused in Open311's form, or is there whole."""
    dice = random.Random(seed)
    ApiKey.objects.update(per_minute=10_000_000, per_day=10_000_000)
    tally: Counter[int] = Counter()
    stored = ServiceRequest.objects.count()
    for _ in range(count):
        answer = _send(endpoint, dice)
        tally[answer.status_code] += 1
        assert answer.status_code < 500, answer.content
        now = ServiceRequest.objects.count()
        if answer.status_code == 201:
            assert now - stored in {0, 1}  # 0: the same idempotency key
        else:
            assert now == stored, answer.content
            assert faults_of(answer, "json")
        stored = now
    assert_whole()
    return tally


def _send(endpoint: Endpoint, dice: random.Random) -> Any:
    lon, lat = at(dice.uniform(-100, 1300), dice.uniform(-100, 1100))
    fields: dict[str, Any] = {
        "api_key": endpoint.key, "service_code": dice.choice(["pothole", "every", "need", "weeds", "question"]),
        "lat": lat, "long": lon, "description": "A hole", "attribute[which]": "a",
    }  # fmt: skip
    if fields["service_code"] != "need" and dice.random() < 0.9:
        del fields["attribute[which]"]
    for _ in range(dice.randrange(4)):
        name = dice.choice(_FIELDS)
        if dice.random() < 0.3:
            fields.pop(name, None)
        else:
            fields[name] = _value(dice)
    if dice.random() < 0.8:
        return endpoint.client.post(f"{V2}requests.json", _encodable(fields))
    return endpoint.client.generic("POST", f"{V2}requests.json", _bytes(fields, dice), dice.choice(_TYPES))


def _value(dice: random.Random) -> Any:
    if dice.random() < 0.1:
        return [dice.choice(_NASTY) for _ in range(3)]
    if dice.random() < 0.2:
        return "".join(chr(dice.choice([dice.randrange(32, 127), dice.randrange(1, 0xD7FF)])) for _ in range(20))
    return dice.choice(_NASTY)


def _encodable(fields: dict[str, Any]) -> dict[str, Any]:
    """The test client writes UTF-8, which knows no half of a pair."""
    return {name: [_whole(one) for one in value] if isinstance(value, list) else _whole(value)
             for name, value in fields.items()}  # fmt: skip


def _whole(value: Any) -> Any:
    return value.encode("utf-8", errors="replace").decode() if isinstance(value, str) else value


def _bytes(fields: dict[str, Any], dice: random.Random) -> bytes:
    """The form as bytes, with some of them turned over."""
    body = bytearray("&".join(f"{name}={_whole(value)}" for name, value in fields.items()).encode())
    for _ in range(dice.randrange(8)):
        body[dice.randrange(len(body))] = dice.randrange(256)
    return bytes(body[: dice.randrange(1, len(body) + 1)])


def assert_whole() -> None:
    """No incident, answer, photo or person is there without its request, and no request without its first step."""
    assert Incident.objects.filter(requests=None).count() == 0
    for model in (Answer, Media, MediaLink, Reporter):
        assert not model._default_manager.exclude(request__in=ServiceRequest.objects.all()).exists()
    assert not ServiceRequest.objects.filter(state="received").exists()
    assert not ServiceRequest.objects.filter(history=None).exists()
