"""Every page in both languages: what the Spanish one says word for word as the English one is no word of ours."""

import re
from html.parser import HTMLParser

import pytest
from django.db.models import Model
from django.test import Client

from geoserver_app.accounts.models import User
from geoserver_app.accounts.roles import Role
from geoserver_app.catalog.models import Service, ServiceGroup
from geoserver_app.org.models import Agency, Department
from layers.models import Kind
from tests.rights.story import Story
from tests.rights.table import TABLE, Row
from tests.rights.test_story import filled  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
# Whoever of these may open a page reads it.
READERS = ("stranger", "with_code", "admin", "manager", "trusted", "gis", "planner", "liaison", "deputy", "council")
SAID = frozenset({"alt", "aria-label", "title", "placeholder"})
EMPTY = frozenset({"base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"})
UNSAID = frozenset({"script", "style", "template", "meta", "code", "pre", "kbd"})
# Letters are in the language of whoever gets them, a program's words in one.
IN_ONE_LANGUAGE = ("console_outbox", "console_message", "console_message_html", "api_docs")
ALIKE = frozenset({"Total", "Normal", "No", "Fax", "Open311", "English", "Español"})
# What the town of the tests says itself: places, people, and words of requests.
OF_THE_TOWN = re.compile(
    r"\d+ .* St|Main St|\d{3}-\d{4}|testserver|example\.org|Storm, we know\.|drawn by hand|encina|own|A deep hole\."
    r"|dealing behind the garage|777 Secret Lane|the crew thinks|they were rude|Rosalinda|12 Invented Way"
)


class Texts(HTMLParser):
    """Every piece of text of a page, and what is said instead of it; not what is marked as of another language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._within: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        skip = tag in UNSAID or ("lang" in said and tag != "html")
        if not skip and not any(self._within):
            self.found |= {" ".join((said[name] or "").split()) for name in SAID & said.keys()}
        if tag not in EMPTY:
            self._within.append(skip)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY and self._within:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if not any(self._within):
            self.found.add(" ".join(data.split()))


def texts(page: str) -> set[str]:
    reader = Texts()
    reader.feed(page)
    return {text for text in reader.found if re.search(r"[A-Za-zÁ-ú]{2}", text)}


@pytest.mark.slow
def test_no_page_says_in_spanish_what_it_says_in_english(story: Story, filled: dict[str, str]) -> None:  # noqa: F811
    browsers = {who: story.client(who) for who in READERS}
    pages = [row for row in TABLE if row.method == "get" and row.name not in IN_ONE_LANGUAGE]
    named = _names()
    read = {f"{row.name} {row.path}": _in_both(row, browsers, filled) for row in pages}
    assert sum(both is not None for both in read.values()) > 40
    same = {page: {text for text in both or () if not _is_of_the_town(text, named)} for page, both in read.items()}
    assert {page: words for page, words in same.items() if words} == {}


def _names() -> set[str]:
    """What the tables say once for all languages: codes, names of people, and names that were given in one."""
    models: tuple[type[Model], ...] = (Kind, Service, ServiceGroup, Department, Agency)
    named = {value for model in models for row in model._default_manager.values_list("code", "name") for value in row}
    named |= {value for row in User.objects.values_list("username", "first_name", "last_name") for value in row}
    return {one.lower() for one in named | set(Role.values)}


def _is_of_the_town(text: str, named: set[str]) -> bool:
    bare = re.sub(r"^[:\W]+|[:\W]+$|, \d+$", "", text)
    return bare in ALIKE or bare.lower() in named or bool(OF_THE_TOWN.search(text))


def _in_both(row: Row, browsers: dict[str, Client], filled: dict[str, str]) -> set[str] | None:  # noqa: F811
    """What the page says in both languages; None where it is no page, or nobody here may read it."""
    who = next((one for one in READERS if one in row.to.split()), None)
    if who is None:
        return None
    pages = []
    for language in ("en", "es"):
        browsers[who].cookies["django_language"] = language
        answer = browsers[who].get(row.path.format(**filled))
        if answer.status_code != 200 or "html" not in answer.headers.get("Content-Type", ""):
            return None
        pages.append(texts(answer.getvalue().decode()))
    return pages[0] & pages[1]
