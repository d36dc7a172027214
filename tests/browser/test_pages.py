"""Every page: no violation that axe finds, in both languages and on both sizes; no English on a Spanish page."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, Visit
from tests.browser.faults import assert_no_faults

PAGES = ["/", "/here?lat=36.0008&lon=-119.7155", "/here?lat=36.01&lon=-119.695", "/neighborhoods/",
         "/neighborhoods/las-palmas/", "/block-watch/", "/nothing-here", "/here?lat=north&lon=1",
         "/report/?service=tree"]  # fmt: skip
VIEW = {"/": "/?map=16/36.01000/-119.71000&areas=beat"}


def opened(visit: Visit, path: str, language: str, **options: Any) -> Page:
    path = VIEW.get(path, path)
    page = visit(f"{path}{'&' if '?' in path else '?'}lang={language}", **options)
    if page.locator("#map").count():
        page.wait_for_selector("[data-map-state=ready]", state="attached")
    return page


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_and_speaks_both_languages(visit: Visit, path: str) -> None:
    english = opened(visit, path, "en", size=DESK)
    assert_office_is_named(english)
    spanish = opened(visit, path, "es", size=PHONE)
    assert_office_is_named(spanish)
    assert_no_words_in_common(texts(english), texts(spanish))
    # One of the two is enough each day.
    assert_no_faults(spanish if PAGES.index(path) % 2 else english)


@pytest.mark.slow
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_sound_on_the_other_sizes(visit: Visit, path: str) -> None:
    other = ("en", DESK) if PAGES.index(path) % 2 else ("es", PHONE)
    for language, size in (("en", PHONE), ("es", DESK), other):
        page = opened(visit, path, language, size=size)
        texts(page)
        assert_no_faults(page, f"in {language} on {size}")


def test_axe_finds_nothing_after_a_press_on_the_map(visit: Visit) -> None:
    page = opened(visit, "/", "en")
    page.locator("#map").click()
    expect(page.locator(".answer")).to_be_visible()
    assert_no_faults(page)


def test_axe_finds_nothing_on_the_page_of_the_api(visit: Visit) -> None:
    page = opened(visit, "/api/docs", "es", size=PHONE)
    expect(page.get_by_role("heading", level=1)).to_have_text("La API para programas")
    assert_no_faults(page)


# Names of places and things are the same in every language.
NAMES = re.compile(
    r"encinar|las palmas|vista hermosa|beat 1\d|district 1|parque sol|tres robles power|arroyo seco|city of nogal"
    r"|nogal 311|(\d+ block of )?[a-z]+ (street|avenue|st|ave)\b|español|english"
    r"|one map city hall|hospital|\b311\b|\b911\b|421-\d+",
    re.IGNORECASE,
)


def assert_no_words_in_common(english: set[str], spanish: set[str]) -> None:
    assert spanish
    same = [text for text in english & spanish if re.search(r"[A-Za-zÁ-ú]{2}", NAMES.sub("", text))]
    assert same == []


def test_the_maps_own_words_are_spanish_too(visit: Visit) -> None:
    page = opened(visit, "/", "es")
    page.get_by_role("checkbox", name="Parques").check()
    expect(page.locator("#map-status")).to_have_text("Ahora en el mapa: Parques")
    page.locator("#map").click()
    expect(page.locator("#here-answer .answer")).to_contain_text("Vecindario")


def test_the_language_is_switched_and_remembered(visit: Visit) -> None:
    page = opened(visit, "/neighborhoods/", "en")
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vecindarios")
    page.goto("/neighborhoods/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vecindarios")
    expect(page.locator("html")).to_have_attribute("lang", "es")


def assert_office_is_named(page: Page) -> None:
    """Telephone, hours and the emergency number."""
    header = page.locator("header")
    expect(header.locator("a[href='tel:+15595550142']")).to_have_text("(559) 555-0142")
    expect(header.locator(".hours")).to_have_text(re.compile(r"Open now until|Closed|Abierto ahora; cierra|[Cc]errado"))
    expect(header.locator("a[href='tel:911']")).to_be_visible()


def test_a_missing_page_says_so_and_leads_on(visit: Visit) -> None:
    page = opened(visit, "/nothing-here", "en")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing at this address")
    page.get_by_role("link", name="Go to the map").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("City map")


def texts(page: Page) -> set[str]:
    """Every visible piece of text, and what is said instead of it: alternatives, labels, titles."""
    found: list[str] = page.evaluate(
        """() => { document.querySelectorAll('details').forEach((one) => { one.open = true; });
        const words = [document.title];
        const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) {
          const hidden = 'script, style, template, noscript, [lang]:not(html)';
          if (!walker.currentNode.parentElement.closest(hidden)) words.push(walker.currentNode.data);
        }
        for (const one of document.querySelectorAll('[alt], [aria-label], [title], [placeholder]'))
          for (const name of ['alt', 'aria-label', 'title', 'placeholder']) words.push(one.getAttribute(name) || '');
        return words; }"""
    )
    return {" ".join(text.split()) for text in found if text.strip()}
