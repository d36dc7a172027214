"""Files fetched by schedule, and files on their way to a draft: the same is nothing, another a draft and a mail."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from geoserver_app import jobs
from geoserver_app.accounts.models import User
from geoserver_app.editions import pulling, receiving, store
from geoserver_app.editions.fetching import Answer, NotFetched
from geoserver_app.editions.models import Incoming, Source
from geoserver_app.notify.models import Message
from layers.models import Edition, QualityReport
from tests.editions.conftest import NOW, Desk, moved_border
from tests.link.squared import square

pytestmark = pytest.mark.django_db


def write(path: Path, shapes: dict[str, Any]) -> None:
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": json.loads(geom.geojson)}
        for code, geom in shapes.items()
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path / "data"
    settings.PULL_DIR = str(tmp_path / "pull")
    (tmp_path / "pull").mkdir()
    return tmp_path / "pull"


def source(desk: Desk, address: str = "beats.geojson", **given: Any) -> Source:
    columns = {"options": {"code_field": "code"}, "made_by": User.objects.get(username="gus"), "next_at": NOW, **given}
    return Source.objects.create(jurisdiction=desk.place, kind_code="beat", address=address, **columns)


def drafts(desk: Desk) -> int:
    return Edition.objects.filter(kind=desk.beats, state="draft").count()


def test_a_file_that_changed_becomes_a_draft_with_a_report_and_a_mail(desk: Desk, folder: Path) -> None:
    write(folder / "beats.geojson", moved_border(400))
    fetched = source(desk)
    (incoming,) = pulling.pull_due(NOW)
    jobs.receive_file(incoming.pk)
    edition = Edition.objects.get(kind=desk.beats, state="draft")
    assert (edition.source, QualityReport.objects.filter(edition=edition).count()) == ("beats.geojson", 1)
    (mail,) = Message.objects.filter(kind="layer")
    assert (mail.to_address, mail.request) == ("gus@almendra.example", None)
    assert f"/console/gis/editions/{edition.pk}/" in mail.body_text
    fetched.refresh_from_db()
    assert (fetched.outcome, fetched.next_at) == ("draft", NOW + timedelta(hours=24))


def test_the_same_file_is_nothing(desk: Desk, folder: Path) -> None:
    write(folder / "beats.geojson", moved_border(400))
    source(desk)
    jobs.receive_file(pulling.pull_due(NOW)[0].pk)
    Message.objects.all().delete()
    later = NOW + timedelta(days=2)
    assert pulling.pull_due(later) == []
    assert (drafts(desk), Source.objects.get().outcome, Message.objects.count()) == (1, "same", 0)
    assert list((folder.parent / "data" / "incoming").iterdir()) == []


def test_nothing_is_looked_at_before_its_time_or_while_it_is_off(desk: Desk, folder: Path) -> None:
    source(desk, next_at=NOW + timedelta(minutes=1))
    source(desk, address="other.geojson", is_on=False)
    assert pulling.pull_due(NOW) == []
    assert not Source.objects.exclude(looked_at=None).exists()


def test_a_file_that_is_refused_is_told_and_writes_nothing(desk: Desk, folder: Path) -> None:
    write(folder / "beats.geojson", {"": square(0, 0, 100, 900)})
    source(desk)
    jobs.receive_file(pulling.pull_due(NOW)[0].pk)
    assert drafts(desk) == 0
    incoming = Incoming.objects.get()
    assert (incoming.state, incoming.faults) == ("failed", {"missing_code": 1})
    assert incoming.problem in Message.objects.get(kind="layer").body_text


def test_with_a_decision_the_same_file_is_taken(desk: Desk, folder: Path) -> None:
    write(folder / "beats.geojson", {"": square(0, 0, 100, 900), **moved_border(400)})
    source(desk)
    incoming = pulling.pull_due(NOW)[0]
    receiving.receive(incoming.pk)
    Incoming.objects.filter(pk=incoming.pk).update(
        state="waiting", options={"code_field": "code", "invalid": ["missing_code=drop"]}
    )
    done, report = receiving.receive(incoming.pk)
    assert (done.state, drafts(desk), report is not None) == ("done", 1, True)


def test_what_cannot_be_fetched_is_told_once(desk: Desk, folder: Path) -> None:
    source(desk, address="https://gis.example.org/beats.zip")

    @contextmanager
    def away(*_given: Any, **_named: Any) -> Iterator[Answer]:
        raise NotFetched("gis.example.org cannot be reached.")
        yield

    for day in range(3):
        assert pulling.pull_due(NOW + timedelta(days=day), fetch=away) == []
    assert Source.objects.get().problem == "gis.example.org cannot be reached."
    assert Message.objects.filter(kind="layer").count() == 1


def test_an_answer_of_not_changed_is_nothing(desk: Desk, folder: Path) -> None:
    source(desk, address="https://gis.example.org/beats.zip", etag='"one"')
    asked: list[str] = []

    @contextmanager
    def same(_url: str, *, etag: str, **_named: Any) -> Iterator[Answer]:
        asked.append(etag)
        yield Answer(None)

    assert pulling.pull_due(NOW, fetch=same) == []
    assert (asked, Source.objects.get().outcome) == (['"one"'], "same")


def test_a_file_that_is_too_large_leaves_nothing(folder: Path) -> None:
    with pytest.raises(store.TooLarge):
        store.keep([b"x" * 600, b"x" * 600], "big.zip", limit=1_000)
    assert list((folder.parent / "data" / "incoming").iterdir()) == []


def test_names_of_stored_files_lead_nowhere_else(folder: Path) -> None:
    kept = store.keep([b"x"], "../../etc/passwd.tar.gz;rm", limit=10)
    assert store.path(kept.name).parent == folder.parent / "data" / "incoming"
    with pytest.raises(Exception, match="not here"):
        store.path("../beats.geojson")


def test_refused_files_are_forgotten_after_a_while(desk: Desk, folder: Path) -> None:
    kept = store.keep([b"x"], "bad.zip", limit=10)
    Incoming.objects.create(
        jurisdiction=desk.place, kind_code="beat", name="bad.zip", stored=kept.name, state="failed", asked_at=NOW,
        finished_at=NOW - timedelta(days=30),
    )  # fmt: skip
    assert receiving.forget() == 1
    assert Incoming.objects.get().stored == ""
