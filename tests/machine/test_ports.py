"""Which address is served on, and what is said where it is taken."""

import os
import socket
from collections.abc import Iterator

import pytest

from geoserver_app.machine import ports
from geoserver_app.machine.errors import MachineError, PortTaken
from geoserver_app.machine.ports import Address


@pytest.fixture
def taken() -> Iterator[int]:
    """A port of this machine that a program (this one) listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def unused() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_port_asked_for_that_is_taken_says_by_whom_and_the_way_on(taken: int) -> None:
    with pytest.raises(PortTaken) as refused:
        ports.reserve({"PORT": str(taken)})
    assert f"(process {os.getpid()})" in str(refused.value)
    assert f"PORT={taken + 1} ./run" in str(refused.value)


def test_without_a_port_the_next_free_one_is_taken(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT_PORT", taken)
    reserved = ports.reserve({})
    reserved.close()
    assert reserved.address.port > taken


def test_all_ports_taken_is_said(taken: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT_PORT", taken)
    monkeypatch.setattr(ports, "TRIES", 1)
    with pytest.raises(PortTaken, match="all in use"):
        ports.reserve({})


def test_two_clones_starting_at_once_do_not_share_a_port(unused: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "DEFAULT_PORT", unused)
    first = ports.reserve({})
    second = ports.reserve({})
    assert first.address.port != second.address.port
    first.close()
    second.close()


def test_a_port_given_back_can_be_had_again(unused: int) -> None:
    ports.reserve({"PORT": str(unused)}).close()
    again = ports.reserve({"PORT": str(unused)})
    again.close()
    assert again.address.port == unused


@pytest.mark.parametrize("text", ["0", "65536", "80a", "-1"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(MachineError, match=f"PORT={text} is not a port"):
        ports.reserve({"PORT": text})


def test_an_address_that_is_not_this_machines_is_refused(unused: int) -> None:
    with pytest.raises(MachineError, match="cannot be listened on"):
        ports.reserve({"HOST": "192.0.2.1", "PORT": str(unused)})


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000/"),
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104  only shown
        ("::", "http://[::1]:8000/"),
    ],
)
def test_the_address_shown_is_one_that_a_browser_here_can_open(host: str, url: str) -> None:
    assert Address(host, 8000).url == url
