"""The sheet that is printed for a meeting: one page of HTML with everything inside, and the same as PDF."""

from __future__ import annotations

import base64
from functools import cache
from typing import Any, cast

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from geoserver_app.maps.drawing.faces import FAMILY, WEIGHTS, cut
from geoserver_app.maps.drawing.painting import png


def html(context: dict[str, Any]) -> str:
    """The sheet as a document that needs nothing from outside."""
    picture = base64.b64encode(png(context["brief"].svg("sheet"))).decode()
    given = {**context, "letters": mark_safe(letters()), "picture": picture}  # noqa: S308 (our own vendored files)
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
def letters() -> str:
    """The pages' letters in two weights, as rules of CSS with the letters inside; made once a process."""
    return "".join(
        f'@font-face{{font-family:"{FAMILY}";font-weight:{weight};'
        f'src:url(data:font/ttf;base64,{base64.b64encode(cut("normal", weight)).decode()}) format("truetype")}}'
        for weight in WEIGHTS
    )
