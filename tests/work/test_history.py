"""Who reads what of a history, and the one way in which words leave it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from geoserver_app.work import history, steps
from geoserver_app.work.actor import REPORTER
from geoserver_app.work.erasure import erase_words, erasing
from geoserver_app.work.models import StatusChange
from tests.life import Town
from tests.work.test_steps import NOON, actor, opened, write

LATER = NOON + timedelta(hours=1)


def told(town: Town) -> object:
    request = opened(town)
    by = actor(town, "liaison", request)
    request = write(steps.add_note(request, "The neighbor calls every day.", public=False, by=by, at=NOON))
    request = write(steps.add_note(request, "We come on Tuesday.", public=True, by=by, at=NOON))
    return write(steps.add_details(request, "My number is (559) 555-0142.", photos=1, by=REPORTER, at=LATER))


def test_everybody_reads_steps_and_public_notes_only(almendra: Town) -> None:
    lines = history.for_everybody(told(almendra))
    assert [(line.kind, line.note) for line in lines] == [("status", ""), ("note_public", "We come on Tuesday.")]


def test_the_reporter_reads_the_own_additions_too(almendra: Town) -> None:
    notes = [line.note for line in history.for_reporter(told(almendra))]
    assert notes == ["", "We come on Tuesday.", "My number is (559) 555-0142."]


def test_staff_read_everything(almendra: Town) -> None:
    assert history.full(told(almendra)).count() == 4


def test_erasing_blanks_the_reporters_words_and_nothing_else(almendra: Town) -> None:
    request = told(almendra)
    assert erase_words(request) == 1
    notes = [change.note for change in history.full(request)]
    assert notes == ["", "The neighbor calls every day.", "We come on Tuesday.", ""]


def test_after_erasing_the_history_is_guarded_again(almendra: Town) -> None:
    request = told(almendra)
    erase_words(request)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatusChange.objects.filter(request=request).update(note="")


def test_a_request_goes_with_its_history_only_by_erasure(almendra: Town) -> None:
    request = told(almendra)
    with pytest.raises(IntegrityError), transaction.atomic():
        request.delete()
    with erasing():
        request.delete()
    assert StatusChange.objects.count() == 0
