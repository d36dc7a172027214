"""Finds where a written place lies, or says that it does not know: the one door for one text and for many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from geoserver_app.geocode import by_crossing, by_house, by_name
from geoserver_app.geocode.candidate import Candidate, ranked
from geoserver_app.geocode.cities import Cities, cities_of
from geoserver_app.geocode.reading import read
from geoserver_app.geocode.search import Question, Search
from geoserver_app.geocode.statements import planned_once
from geoserver_app.geocode.street_match import Streets
from geoserver_app.geocode.worth import in_other_city
from layers.models import Jurisdiction

# An answer this good ends the search: what is looked for later is less exact.
GOOD = 85.0
# What fits worse than this by itself is nothing that anybody meant.
LEAST_SCORE = 20.0
_BLOCK = 5_000


def locate(jurisdiction: Jurisdiction, text: str, *, on: date, limit: int = 5) -> list[Candidate]:
    """Places that a text may mean by the editions in force on a local day, best first; empty where none is known.

    Addresses, corners, blocks, named places and mile posts in any way people write them, in English and Spanish.
    """
    return locate_many(jurisdiction, [text], on=on, limit=limit)[0]


def locate_many(jurisdiction: Jurisdiction, texts: Sequence[str], *, on: date, limit: int = 1) -> list[list[Candidate]]:
    """The same for many texts, set-based, in their order."""
    cities = cities_of(jurisdiction)
    search = Search(jurisdiction, on, Streets(jurisdiction.pk))
    answers: list[list[Candidate]] = []
    for start in range(0, len(texts), _BLOCK):
        part = texts[start : start + _BLOCK]
        distinct = {text: Question(at, read(text, cities.known)) for at, text in enumerate(dict.fromkeys(part))}
        with planned_once():
            _search(search, list(distinct.values()))
        final = {text: answer(question, cities)[:limit] for text, question in distinct.items()}
        answers += [final[text] for text in part]
    return answers


def _search(search: Search, questions: list[Question]) -> None:
    """First by the very names, the surest ways first; then for what is still open by names that look like them."""
    for similar in (False, True):
        open_ones = [one for one in questions if one.best < GOOD]
        if not open_ones:
            return
        _look_up_streets(search, open_ones, similar=similar)
        for ways in _WAYS:
            for way in ways:
                way(search, open_ones)
            open_ones = [one for one in open_ones if one.best < GOOD]


def search_all(search: Search, questions: list[Question]) -> None:
    """By the very names and by those that look like them or begin so, in every way, whatever was found before."""
    _look_up_streets(search, questions, similar=False)
    _look_up_streets(search, questions, similar=True)
    for ways in _WAYS:
        for way in ways:
            way(search, questions)


def _look_up_streets(search: Search, questions: list[Question], *, similar: bool) -> None:
    search.similar = similar
    search.streets.find((street for one in questions for street in one.streets()), similar=similar)


_WAYS = (
    (by_house.known,),
    (by_house.along, by_house.between, by_crossing.meeting, by_crossing.between_corners, by_name.blocks,
     by_name.mile_posts),
    (by_name.named, by_name.whole_streets),
)  # fmt: skip


def answer(question: Question, cities: Cities, *, least: float = LEAST_SCORE) -> list[Candidate]:
    """The candidates of a question that was searched for, best first."""
    found = question.found
    city = question.asked.city
    if city and cities.is_other(city):
        found = in_other_city(found, city.title())
    return ranked([one for one in found if one.score >= least])
