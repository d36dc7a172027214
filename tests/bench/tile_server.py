"""The WSGI applications that benchmarks serve; which one says the variable ONEMAP_BENCH_APP.

product    the real application
anew       the real one that remembers nothing of what it worked out: each answer is as the first one
kept       the real one with no tile in its memory: each is read from the table of kept tiles
cold       the real one with no tile in its memory and none kept: each is rendered
constant   a bare WSGI function that answers the same bytes from a dictionary
statement  the same, but before it answers it runs the statement that the product's answer came from
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")
_WHICH = os.environ.get("ONEMAP_BENCH_APP", "product")
if _WHICH in {"kept", "cold"}:
    os.environ["TILE_MEMORY_MB"] = "0"

from django.test import Client  # noqa: E402  after the variable

from geoserver_app.published import reader, render  # noqa: E402  after the variable
from geoserver_app.wsgi import application as product  # noqa: E402  after the variable
from tests.bench.forgetful import forget_everything  # noqa: E402  after the variable

StartResponse = Callable[..., Any]

if _WHICH == "cold":
    look = render.kept
    render.kept = lambda at: (look(at), None)[1]  # it looks, and finds nothing

if _WHICH == "anew":
    forget_everything()

_answers: dict[str, tuple[list[tuple[str, str]], bytes]] = {}
_statements: dict[str, tuple[str, dict[str, Any]]] = {}
_ran = threading.local()
_rows, _one_snapshot = reader.rows, reader.one_snapshot


def constant(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The product's own answer, remembered whole at the first request for an address."""
    address = _address(environ)
    if address not in _answers:
        first = Client().get(address, headers={"accept-encoding": "gzip"})
        _answers[address] = (list(first.headers.items()), first.content)
    return _known(address, start_response)


def statement(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
    """The statement that the product's answer to an address came from, run again; the answer is the first one."""
    address = _address(environ)
    if address in _statements:
        _rows(*_statements[address])
    else:
        _answers[address] = _answer_of_product(environ)
        _statements[address] = _ran.last
    return _known(address, start_response)


def _answer_of_product(environ: dict[str, Any]) -> tuple[list[tuple[str, str]], bytes]:
    headers: list[tuple[str, str]] = []
    answer = product(environ, lambda _status, found, _error=None: headers.extend(found))
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()  # else Django keeps its connection out of the pool
    return headers, body


def _known(address: str, start_response: StartResponse) -> Iterable[bytes]:
    headers, body = _answers[address]
    start_response("200 OK", headers)
    return [body]


def _address(environ: dict[str, Any]) -> str:
    return f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"


def _recorded(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    _ran.last = statement, dict(values)
    return _rows(statement, values)


@contextmanager
def _recorded_snapshot(*, longest_ms: int) -> Iterator[Any]:
    with _one_snapshot(longest_ms=longest_ms) as run:

        def recorded(statement: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
            _ran.last = statement, dict(values)
            return run(statement, values)

        yield recorded


if _WHICH == "statement":
    reader.rows, reader.one_snapshot = _recorded, _recorded_snapshot
application = {"constant": constant, "statement": statement}.get(_WHICH, product)
