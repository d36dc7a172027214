"""How the tests are spread over processes: the longest first, and together what shares something that is dear to make.

A file stays in one process, since towns are drawn once for a module; so does a folder of ``TOGETHER``, since its server
and browser, or its city, are made once for a session.
"""

from collections import Counter
from collections.abc import Collection
from typing import Any

import pytest
from django.test import TransactionTestCase
from xdist.scheduler import LoadFileScheduling

TOGETHER = ("tests/browser/", "tests/fixtures_city/")
_DATABASE = {"db", "transactional_db", "django_db_reset_sequences"}
# Begun in this order, so that no process is left with a long one when the others have ended.
LONGEST = (
    "tests/browser/",
    "tests/quality/test_code.py",
    "tests/history/test_seed_demo.py",
    "tests/rights/test_story.py",
    "tests/editions/test_turning.py",
    "tests/layers/test_hostile_files.py",
    "tests/layers/test_round_trips.py",
    "tests/history/test_single_and_bulk.py",
    "tests/flow/test_crashes.py",
    "tests/route/test_replay.py",
    "tests/link/test_link_many.py",
)


class Units(LoadFileScheduling):
    """Files, or folders of them, given to whichever process is free, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return unit_of(nodeid)


def unit_of(nodeid: str) -> str:
    """The file of a test, or the folder whose tests stay together."""
    return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.partition("::")[0])


def ordered(nodeids: list[str], *, without_database: Collection[str] = ()) -> list[str]:
    """Units, the longest first: those that are named above, then those with the most tests.

    Those that need no database come after the first of all, which makes one in the meantime.
    """
    tests = Counter(unit_of(nodeid) for nodeid in nodeids)
    ranks = {name: rank for rank, name in enumerate(LONGEST)}

    def place(unit: str) -> tuple[bool, bool, int, int, str]:
        return unit != LONGEST[0], unit not in without_database, ranks.get(unit, len(ranks)), -tests[unit], unit

    return sorted(tests, key=place)


def needs_database(item: pytest.Item) -> bool:
    """Whether a test asks for the database: by its class, a fixture, or a mark."""
    made_of, fixtures = getattr(item, "cls", None) or object, getattr(item, "fixturenames", ())
    asks = issubclass(made_of, TransactionTestCase) or not _DATABASE.isdisjoint(fixtures)
    return asks or item.get_closest_marker("django_db") is not None


def scheduler(config: Any, log: Any) -> Units | None:
    """For pytest_xdist_make_scheduler; nothing where somebody asked for another distribution."""
    if config.getvalue("dist") != "loadfile":
        return None
    config.option.loadscopereorder = False
    return Units(config, log)


def order(config: pytest.Config, items: list[pytest.Item]) -> None:
    """For pytest_collection_modifyitems in a process of several; inside a unit tests stay as they are."""
    if hasattr(config, "workerinput"):
        without = {unit_of(one.nodeid) for one in items} - {unit_of(one.nodeid) for one in items if needs_database(one)}
        units = ordered([item.nodeid for item in items], without_database=without)
        places = {unit: place for place, unit in enumerate(units)}
        items.sort(key=lambda item: places[unit_of(item.nodeid)])
