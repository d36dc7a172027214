"""The WSGI applications that the tile benchmark serves; which one says the variable ONEMAP_BENCH_APP.

product   the real application
kept      the real one with no tile in its memory: each is read from the table of kept tiles
cold      the real one with no tile in its memory and none kept: each is rendered
constant  a bare WSGI function that answers the same bytes from a dictionary
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")
_WHICH = os.environ.get("ONEMAP_BENCH_APP", "product")
if _WHICH in {"kept", "cold"}:
    os.environ["TILE_MEMORY_MB"] = "0"

from django.test import Client  # noqa: E402  after the variable

from geoserver_app.published import render  # noqa: E402  after the variable
from geoserver_app.wsgi import application as product  # noqa: E402  after the variable

if _WHICH == "cold":
    look = render.kept
    render.kept = lambda at: (look(at), None)[1]  # it looks, and finds nothing

_answers: dict[str, tuple[list[tuple[str, str]], bytes]] = {}


def constant(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """The product's own answer, remembered whole at the first request for an address."""
    address = f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}"
    known = _answers.get(address)
    if known is None:
        first = Client().get(address, headers={"accept-encoding": "gzip"})
        known = _answers[address] = (list(first.headers.items()), first.content)
    start_response("200 OK", known[0])
    return [known[1]]


application = constant if _WHICH == "constant" else product
