"""As client: released photos go along as files, whoever takes none gets the same without, and nobody gets it twice."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any, ClassVar

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from PIL import Image

from geoserver_app import flow_referrals
from geoserver_app.forward import photos, wire
from geoserver_app.forward.models import AgencyEndpoint, Forward
from geoserver_app.forward.photos import photos_of
from geoserver_app.forward.wire import File, Heard, NoAnswer, over_network
from geoserver_app.intake import private_store
from geoserver_app.intake.models import Media
from geoserver_app.intake.photos import read_photo
from geoserver_app.intake.submission import Photo
from tests.open311.conftest import NOW, Endpoint
from tests.open311.next_door import Neighbor, next_door, referred
from tests.report.conftest import picture

ERRORS = b"<errors><error><code>%d</code><description>No</description></error></errors>"


@pytest.fixture
def neighbor(endpoint: Endpoint) -> Neighbor:
    return next_door(endpoint)


def a_photo() -> Photo:
    return read_photo(picture())[0]


def test_released_photos_go_along_as_files_and_no_others(neighbor: Neighbor) -> None:
    request = referred(neighbor, photos=(a_photo(), a_photo(), a_photo()))
    hidden = Media.objects.filter(request=request).order_by("pk")[1]
    Media.objects.filter(pk=hidden.pk).update(is_public=False)
    neighbor.run()
    (said,) = neighbor.asked
    assert [one.name for one in said.files] == ["photo-1.jpg", "photo-2.jpg"]
    (theirs,) = neighbor.got()
    pictures = [Image.open(BytesIO(private_store.content(one.file))) for one in theirs.media.all()]
    assert [(one.format, dict(one.getexif())) for one in pictures] == [("JPEG", {})] * 2
    request.is_public = False
    assert photos_of(request) == ()


def test_nothing_of_what_is_hidden_from_everybody_goes_as_a_file(neighbor: Neighbor) -> None:
    request = referred(neighbor, service="weeds", photos=(a_photo(),))
    assert not Media.objects.get(request=request).is_public
    assert photos_of(request) == ()


@pytest.mark.parametrize("status", [400, 415, 501])
def test_who_takes_no_files_gets_the_same_without_them_at_once(neighbor: Neighbor, status: int) -> None:
    referred(neighbor, photos=(a_photo(),))
    neighbor.cut = [Heard(status, ERRORS % status)]
    neighbor.run()
    first, second = neighbor.asked
    assert (len(first.files), len(second.files)) == (1, 0)
    assert (first.fields, first.headers) == (second.fields, second.headers)
    assert Forward.objects.get().state == "there"
    assert len(neighbor.got()) == 1


def test_who_refuses_it_without_files_too_is_asked_no_third_time(neighbor: Neighbor) -> None:
    referred(neighbor, photos=(a_photo(),))
    neighbor.cut = [Heard(400, ERRORS % 400)] * 2
    neighbor.run()
    assert (len(neighbor.asked), Forward.objects.get().state) == (2, "failed")


def test_a_line_that_breaks_over_the_files_makes_one_report(neighbor: Neighbor) -> None:
    referred(neighbor, photos=(a_photo(),))
    neighbor.cut = ["after", Heard(500, b""), "before"]
    for wait in (0, 2, 3, 5):
        neighbor.run(timedelta(minutes=wait))
    assert [len(one.files) for one in neighbor.asked] == [1, 1, 1, 0]
    assert len({one.headers["Idempotency-Key"] for one in neighbor.asked}) == 1
    assert len(neighbor.got()) == 1
    assert Forward.objects.get().number == str(neighbor.got()[0])


def test_only_so_many_bytes_go_and_what_the_store_lost_does_not_stop_the_rest(
    neighbor: Neighbor, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = referred(neighbor, photos=(a_photo(), a_photo(), a_photo()))
    size = len(photos_of(request)[0].content)
    monkeypatch.setattr(photos, "LARGEST_BYTES", 2 * size + 1)
    assert len(photos_of(request)) == 2
    Media.objects.filter(pk=Media.objects.filter(request=request).earliest("pk").pk).update(file="00/gone.jpg")
    assert [one.name for one in photos_of(request)] == ["photo-1.jpg", "photo-2.jpg"]


class Double(BaseHTTPRequestHandler):
    """An agency's server: ``/early`` refuses before it has read, ``/cut`` is mute, ``/old/`` knows no multipart."""

    taken: ClassVar[list[tuple[dict[str, str], list[tuple[str, str, bytes]]]]]

    def do_POST(self) -> None:
        if self.path == "/cut":
            return
        if self.path == "/trickling":
            self._trickle()
            return
        if self.path == "/early":
            self._say(413)
            return
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/whole":
            self.taken.append(self._read(body))
            self._say(201)
        elif self.headers["Content-Type"].startswith("multipart/"):
            self._say(415)
        else:
            self.taken.append((QueryDict(body).dict(), []))
            self._say(200, b"<service_requests><request><service_request_id>7</service_request_id></request>"
                           b"</service_requests>")  # fmt: skip

    def _read(self, body: bytes) -> tuple[dict[str, str], list[tuple[str, str, bytes]]]:
        meta = {"CONTENT_TYPE": self.headers["Content-Type"], "CONTENT_LENGTH": self.headers["Content-Length"]}
        handler = MemoryFileUploadHandler()
        handler.activated = True
        fields, files = MultiPartParser(meta, BytesIO(body), [handler]).parse()
        return fields.dict(), [(one.name, one.content_type, one.read()) for one in files.getlist("media")]

    def _trickle(self) -> None:
        """A byte at a time for twenty seconds, or until nobody listens any more."""
        self.send_response(200)
        self.end_headers()
        try:
            for _byte in range(400):
                self.wfile.write(b"x")
                time.sleep(0.05)
        except OSError:
            self.close_connection = True

    def _say(self, status: int, body: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: Any) -> None:
        return


@contextmanager
def served() -> Iterator[str]:
    Double.taken = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Double) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_over_the_network_it_is_a_form_that_others_read_and_every_break_is_no_answer(settings: Any) -> None:
    settings.OPEN311_INSIDE_HOSTS = ["127.0.0.1"]
    files = [File("media", f"photo-{n}.jpg", bytes([n]) * 300_000, "image/jpeg") for n in (1, 2)]
    fields = {"service_code": "006", "description": "A hole, ñandú & co\nbelow"}
    with served() as address:
        assert over_network("POST", f"{address}/whole", fields, {"Idempotency-Key": "1"}, files).status == 201
        with pytest.raises(NoAnswer):
            over_network("POST", f"{address}/cut", fields, {}, files)
        try:
            assert over_network("POST", f"{address}/early", fields, {}, files).status == 413
        except NoAnswer as broken:  # where the line was reset before their answer was read
            assert "did not answer" in str(broken)
    (got,) = Double.taken
    assert got == (fields, [(one.name, one.media_type, one.content) for one in files])


def test_who_answers_a_byte_at_a_time_is_left(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.OPEN311_INSIDE_HOSTS = ["127.0.0.1"]
    monkeypatch.setattr(wire, "LONGEST_ANSWER_S", 0.3)
    with served() as address, pytest.raises(NoAnswer, match="took longer"):
        over_network("POST", f"{address}/trickling", {"a": "b"}, {})


def test_an_old_server_that_knows_no_multipart_takes_it_once_over_the_network(
    neighbor: Neighbor, settings: Any
) -> None:
    settings.OPEN311_INSIDE_HOSTS, settings.PUBLIC_URL = ["127.0.0.1"], "https://311.city.example"
    referred(neighbor, photos=(a_photo(),))
    with served() as address:
        AgencyEndpoint.objects.update(url=f"{address}/old/v2/")
        assert (flow_referrals.begin_due(NOW), flow_referrals.go_on_due(NOW)) == (1, 1)
    ((fields, _files),) = Double.taken
    assert fields["media_url"].startswith("https://311.city.example/requests/")
    assert Forward.objects.get().number == "7"
