"""Fetching from outside: public addresses alone, also after a redirect; within limits; from the folder alone."""

import datetime
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from geoserver_app.editions import fetching
from geoserver_app.editions.fetching import Gate, Limits, NotFetched, fetched, in_folder, is_public

LIMITS = Limits(1_000, 5.0)
CONTENT = b'{"type": "FeatureCollection", "features": []}'


class Double(BaseHTTPRequestHandler):
    """A county's server, on this machine."""

    left = threading.Event()  # whoever asked for /slow did not wait for its end

    def do_GET(self) -> None:
        paths = {"/file": self._file, "/away": self._away, "/round": self._round, "/huge": self._huge,
                 "/endless": self._endless, "/slow": self._slow, "/short": self._short}  # fmt: skip
        paths.get(self.path, lambda: self.send_error(404))()

    def _file(self) -> None:
        if self.headers.get("If-None-Match") == '"one"':
            self._head(304)
            return
        self._head(200, ETag='"one"', **{"Content-Length": str(len(CONTENT))})
        self.wfile.write(CONTENT)

    def _away(self) -> None:
        self._head(302, Location="https://10.0.0.7/file")

    def _round(self) -> None:
        self._head(302, Location="/round")

    def _huge(self) -> None:
        self._head(200, **{"Content-Length": "5000"})

    def _endless(self) -> None:
        self._head(200)
        for _ in range(10_000):
            self.wfile.write(b"x" * 1_000)

    def _slow(self) -> None:
        self._head(200, **{"Content-Length": "900"})
        for _ in range(100):
            try:
                self.wfile.write(b"x")
                self.wfile.flush()
            except OSError:
                self.left.set()
                return
            if self.server.over.wait(0.05):
                return

    def _short(self) -> None:
        self._head(200, **{"Content-Length": "900"})
        self.wfile.write(b"x" * 10)

    def _head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_arguments: Any) -> None:
        return


def certificate(folder: Path) -> Path:
    """A certificate of 127.0.0.1 that nobody else believes."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "double")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1)).add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = folder / "double.pem"
    no_password = serialization.NoEncryption()
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password)
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture(scope="module")
def double(tmp_path_factory: Any) -> Iterator[tuple[str, Gate]]:
    """The address of the double, and a gate that lets this machine through: made here, there is none to switch on."""
    path = certificate(tmp_path_factory.mktemp("tls"))
    server = ThreadingHTTPServer(("127.0.0.1", 0), Double)
    server.over = threading.Event()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    believed = ssl.create_default_context(cafile=str(path))
    yield f"https://127.0.0.1:{server.server_port}", Gate(lambda address: address.is_loopback, believed)
    server.over.set()
    server.shutdown()
    server.server_close()


def content(url: str, gate: Gate, **given: Any) -> bytes | None:
    with fetched(url, gate=gate, **{"limits": LIMITS, **given}) as answer:
        return None if answer.chunks is None else b"".join(answer.chunks)


def test_a_file_is_fetched_with_its_etag(double: tuple[str, Gate]) -> None:
    base, gate = double
    with fetched(f"{base}/file", limits=LIMITS, gate=gate) as answer:
        assert answer.chunks is not None
        assert (b"".join(answer.chunks), answer.etag) == (CONTENT, '"one"')


def test_the_same_file_is_nothing(double: tuple[str, Gate]) -> None:
    base, gate = double
    assert content(f"{base}/file", gate, etag='"one"') is None


def test_a_redirect_into_a_private_network_is_not_followed(double: tuple[str, Gate]) -> None:
    base, gate = double
    with pytest.raises(NotFetched, match=r"10\.0\.0\.7"):
        content(f"{base}/away", gate)


@pytest.mark.parametrize(
    ("path", "why"),
    [("/round", "leads on"), ("/huge", "5,000 bytes"), ("/short", "broke off"), ("/nothing", "404"),],
)  # fmt: skip
def test_what_is_no_whole_file_is_refused_with_its_reason(double: tuple[str, Gate], path: str, why: str) -> None:
    base, gate = double
    with pytest.raises(NotFetched, match=why):
        content(f"{base}{path}", gate)


def test_it_is_broken_off_when_its_time_is_over_though_bytes_come_in(double: tuple[str, Gate]) -> None:
    base, gate = double
    with pytest.raises(NotFetched, match="too long"):
        content(f"{base}/slow", gate, limits=Limits(1_000, 0.5))
    assert Double.left.wait(60)


def test_this_machine_is_never_asked_without_the_test_s_gate(double: tuple[str, Gate]) -> None:
    base, _gate = double
    with pytest.raises(NotFetched, match="not in the open internet"):
        content(f"{base}/file", fetching.PUBLIC)


def test_a_server_without_a_good_certificate_is_not_believed(double: tuple[str, Gate]) -> None:
    base, gate = double
    with pytest.raises(NotFetched, match="cannot be reached"):
        content(f"{base}/file", Gate(gate.may_ask))


def test_one_private_address_among_public_ones_is_enough_to_refuse(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (one, 443)) for one in ("93.184.215.14", "192.168.1.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: found)
    with pytest.raises(NotFetched, match=r"192\.168\.1\.1"):
        fetching.addresses_of("gis.example.org", 443, fetching.PUBLIC)


def test_the_connection_is_made_to_the_very_address_that_was_looked_at(
    double: tuple[str, Gate], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name answers with something else at the second look; there is no second look."""
    base, gate = double
    answers = iter(["127.0.0.1", "10.0.0.7"])
    port = int(base.rpartition(":")[2])
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_given, **_named: [(2, 1, 6, "", (next(answers), port))])
    created: list[str] = []
    real = socket.socket.connect
    monkeypatch.setattr(
        socket,
        "create_connection",
        lambda address, timeout: created.append(address[0]) or _connected(address, timeout, real),
    )
    assert content(f"https://127.0.0.1:{port}/file", gate) == CONTENT
    assert created == ["127.0.0.1"]


def _connected(address: tuple[str, int], timeout: float, connect: Any) -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.settimeout(timeout)
    connect(made, address)
    return made


@pytest.mark.parametrize(
    "text",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1", "224.0.0.1",
     "255.255.255.255", "::1", "fe80::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
     "2002:a00:1::1", "ff02::1", "::", "198.18.0.1", "192.0.2.1"],
)  # fmt: skip
def test_no_address_but_of_the_open_internet_is_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", ["93.184.215.14", "8.8.8.8", "2606:4700::1111"])
def test_an_address_of_the_open_internet_is_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "url",
    ["http://example.org/file", "ftp://example.org/file", "file:///etc/passwd", "https://", "https://a:b@example.org/x",
     "https://example.org:0/", "https://example.org:99999/", "gopher://x"],
)  # fmt: skip
def test_only_https_addresses_without_a_password_are_taken(url: str) -> None:
    with pytest.raises(NotFetched):
        fetching.parts_of(url)


def test_the_folder_is_not_left(tmp_path: Path) -> None:
    folder = tmp_path / "pull"
    folder.mkdir()
    (tmp_path / "secret").write_text("x")
    (folder / "parcels.zip").write_text("y")
    (folder / "link.zip").symlink_to(tmp_path / "secret")
    assert in_folder(folder, "parcels.zip").read_text() == "y"
    for name in ("../secret", "link.zip", str(tmp_path / "secret"), "", ".", "missing.zip"):
        with pytest.raises(NotFetched):
            in_folder(folder, name)
