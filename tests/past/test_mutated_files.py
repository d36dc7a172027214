"""Files damaged in every way come in row by row, or are refused in words; nothing is half-written."""

import io
import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import transaction

from geoserver_app.intake.models import ServiceRequest
from geoserver_app.past.models import Origin
from layers.errors import BadFile
from tests.past.conftest import COLUMNS, brought, row, table
from tests.route.city import City

pytestmark = pytest.mark.django_db
Damage = Callable[[bytes, random.Random], bytes]


def a_bit(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + bytes([content[at] ^ 1 << chance.randrange(8)]) + content[at + 1 :]


def cut_off(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content))]


def a_piece_gone(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content))
    return content[:at] + content[at + chance.randrange(1, 60) :]


def a_piece_twice(content: bytes, chance: random.Random) -> bytes:
    at, length = chance.randrange(len(content)), chance.randrange(1, 200)
    return content[:at] + content[at : at + length] * 2 + content[at + length :]


def something_put_in(content: bytes, chance: random.Random) -> bytes:
    odd = [
        b"\x00",
        b'"',
        b"\n",
        b"\xff\xfe",
        b"{",
        b"]",
        b"NaN",
        b"1e999",
        b"<",
        b"-",
        b",",
        b"\xf0\x9f\x92\xa9",
        b"9" * 400,
    ]
    at = chance.randrange(len(content))
    return content[:at] + chance.choice(odd) + content[at:]


def other_text(content: bytes, _chance: random.Random) -> bytes:
    return content.decode("utf-8").encode("utf-16")


# The full size is run by hand: ONEMAP_TEST_MUTATED=2000. What came of it stands in docs/operator/importing.md.
MUTATED = int(os.environ.get("ONEMAP_TEST_MUTATED", "250"))
DAMAGES: tuple[Damage, ...] = (a_bit, cut_off, a_piece_gone, a_piece_twice, something_put_in, other_text)


def forms(folder: Path) -> dict[str, bytes]:
    given = [row(f"A-{number}", x=100.0 + number, Text='né 5 "Main"') for number in range(6)]
    text = "".join(
        "<request>" + "".join(f"<{name}>{value}</{name}>" for name, value in one.items()) + "</request>"
        for one in given
    )
    return {
        "old.csv": table(folder / "whole.csv", *given).read_bytes(),
        "old.json": json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "geometry": None, "properties": one} for one in given]}).encode(),
        "old.ndjson": "\n".join(json.dumps(one, ensure_ascii=False) for one in given).encode(),
        "old.xml": f"<service_requests>{text}</service_requests>".encode(),
    }  # fmt: skip


def check(city: City, path: Path, content: bytes) -> str:
    """Imports a damaged file: "came" or "refused"; the rows add up, and every request is whole."""
    path.write_bytes(content)
    rejects = io.StringIO()
    before = ServiceRequest.objects.count()
    try:
        report = brought(city, path, rejects=rejects, repeated="last", status={"column": "Status", "values": {
            "Open": "assigned", "Done": "closed"}, "default": "closed"})  # fmt: skip
    except BadFile as error:
        assert str(error).strip()
        assert "Traceback" not in str(error)
        assert ServiceRequest.objects.count() == before
        return "refused"
    left = sum(report.rejected.values())
    assert report.read == left + report.counts["requests"] + report.counts["repeated"]
    assert len(rejects.getvalue().splitlines()) >= 1 + left
    assert ServiceRequest.objects.count() == before + report.counts["new"] == Origin.objects.count()
    return "came"


def damaged(city: City, folder: Path, count: int, seed: int) -> set[str]:
    chance = random.Random(seed)
    whole = forms(folder)
    outcomes = set()
    for number in range(count):
        name = sorted(whole)[number % len(whole)]
        content = chance.choice(DAMAGES)(whole[name], chance)
        with transaction.atomic():
            outcomes.add(check(city, folder / name, content))
            # Undone, the file's temporary tables let go of their locks: a transaction has not enough for thousands.
            transaction.set_rollback(True)
    return outcomes


def test_damaged_files_are_refused_or_come_in_row_by_row(city: City, tmp_path: Path) -> None:
    assert damaged(city, tmp_path, 24, seed=1) == {"came", "refused"}


@pytest.mark.slow
@pytest.mark.timeout(3_600)
def test_many_damaged_files(city: City, tmp_path: Path) -> None:
    assert damaged(city, tmp_path, MUTATED, seed=2) == {"came", "refused"}


def test_a_file_that_breaks_in_the_middle_leaves_the_callers_transaction_sound(city: City, tmp_path: Path) -> None:
    path = table(tmp_path / "old.csv", row("A-1"), row("A-2"))
    path.write_bytes(path.read_bytes() + b'"torn" x\n')
    with pytest.raises(BadFile, match="A quote that is opened"):
        brought(city, path)
    assert not ServiceRequest.objects.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\x00", "in no accepted form"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares a document type"),
        (b"No,No\n1,2\n", "several columns called No"),
        (f'{",".join(COLUMNS)}\n"1,2\n'.encode(), "A quote that is opened must be closed"),
        (b'{"features": [{"a": 1}, {"a"', "damaged or cut off"),
        (b"[1, 2]", "it is no object"),
    ],
)
def test_what_is_no_list_of_requests_is_told_in_words(city: City, tmp_path: Path, content: bytes, told: str) -> None:
    (tmp_path / "old.txt").write_bytes(content)
    with pytest.raises(BadFile, match=told):
        brought(city, tmp_path / "old.txt")
