"""The sheet that is printed for a meeting: one page of HTML with everything inside, and the same as PDF."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from geoserver_app.maps.drawing.faces import FAMILY, WEIGHTS, cut
from geoserver_app.maps.drawing.painting import png
from geoserver_app.site.vendoring import VENDOR


def html(context: dict[str, Any]) -> str:
    """The sheet for a screen, as a document that needs nothing from outside."""
    return _document(context, screen_letters(), "image/svg+xml", context["brief"].svg("sheet").encode())


def paper(context: dict[str, Any]) -> str:
    """The same for the printer: it knows no variable letters and writes nothing along curves, so the map is painted."""
    return _document(context, _paper_letters(), "image/png", png(context["brief"].svg("sheet")))


def _document(context: dict[str, Any], letters: str, kind: str, picture: bytes) -> str:
    drawn = f"data:{kind};base64,{base64.b64encode(picture).decode()}"
    given = {**context, "letters": mark_safe(letters), "picture": drawn}  # noqa: S308 (our own vendored files)
    return render_to_string("brief/sheet.html", given)


def pdf(document: str) -> bytes:
    """A sheet as PDF (PDF/UA-1: tagged, so that it can be read aloud)."""
    return cast(bytes, _read(document).write_pdf(pdf_variant="pdf/ua-1"))


def pages(document: str) -> int:
    """On how many pages of paper a sheet is printed."""
    return len(_read(document).render().pages)


def _read(document: str) -> Any:
    """The document, which may load what stands in it and nothing else."""
    # Loads the system's Pango, which nothing else of the server needs: only who prints waits for it.
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    return HTML(string=document, url_fetcher=URLFetcher(allowed_protocols={"data"}, fail_on_errors=True))


@cache
def screen_letters() -> str:
    """The pages' letters, as a rule of CSS with the letters inside."""
    file = VENDOR / "public-sans" / "public-sans-latin-wght-normal.woff2"
    return _face("100 900", "woff2", file.read_bytes())


@cache
def _paper_letters() -> str:
    return "".join(_face(str(weight), "ttf", cut("normal", weight)) for weight in WEIGHTS)


def _face(weight: str, kind: str, letters: bytes) -> str:
    data = base64.b64encode(letters).decode()
    return f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};src:url(data:font/{kind};base64,{data})}}'
