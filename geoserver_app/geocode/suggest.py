"""Suggestions while somebody types: the text may end in the middle of a word and be misspelled before it."""

from __future__ import annotations

from datetime import date

from geoserver_app.geocode.candidate import Candidate
from geoserver_app.geocode.cities import cities_of
from geoserver_app.geocode.locate import answer, search_all
from geoserver_app.geocode.reading import read
from geoserver_app.geocode.search import Question, Search
from geoserver_app.geocode.statements import planned_once
from geoserver_app.geocode.street_match import Streets
from layers.models import Jurisdiction

SHORTEST = 2
# A beginning fits many names: what is shown need not be likely, but must begin or look like what was typed.
_LEAST_SCORE = 8.0


def suggest(jurisdiction: Jurisdiction, text: str, *, on: date, limit: int = 6) -> list[Candidate]:
    """Places to choose from for a text that is being typed, best first; nothing for less than two letters.

    Scores are those of ``locate``; names that begin with the last word are looked for too.
    """
    if len(text.strip()) < SHORTEST:
        return []
    cities = cities_of(jurisdiction)
    question = Question(0, read(text, cities.known))
    with planned_once():
        search_all(Search(jurisdiction, on, Streets(jurisdiction.pk)), [question])
    return answer(question, cities, least=_LEAST_SCORE)[:limit]
