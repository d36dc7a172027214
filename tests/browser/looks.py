"""In which language and window pages are looked at as a whole: each in one of them a day, in all in ./run test-all."""

from collections.abc import Sequence

import pytest

from tests.browser.conftest import DESK, PHONE

WINDOWS = {"desk": DESK, "phone": PHONE}


def looks(english: Sequence[str], spanish: Sequence[str], more: Sequence[str] = ()) -> pytest.MarkDecorator:
    """A test's parameters ``language``, ``size`` and ``pages``.

    Every day it looks at some pages in English at a desk and at others in Spanish on a phone; what is left of the four
    looks is slow, and so are ``more`` pages, which have the templates of those.
    """
    everything = [*english, *spanish, *more]
    given = [
        (*_look("en-desk"), english, "en-desk", ()),
        (*_look("es-phone"), spanish, "es-phone", ()),
        (*_look("en-desk"), [*spanish, *more], "en-desk-others", pytest.mark.slow),
        (*_look("es-phone"), [*english, *more], "es-phone-others", pytest.mark.slow),
        (*_look("en-phone"), everything, "en-phone", pytest.mark.slow),
        (*_look("es-desk"), everything, "es-desk", pytest.mark.slow),
    ]
    every = [pytest.param(*three, id=name, marks=marks) for *three, name, marks in given]
    return pytest.mark.parametrize(("language", "size", "pages"), every)


def _look(name: str) -> tuple[str, dict[str, int]]:
    language, window = name.split("-")
    return language, WINDOWS[window]


# Of a single page: in Spanish on a phone every day.
LOOKS = [
    pytest.param(*_look("es-phone"), id="es-phone"),
    *(pytest.param(*_look(name), id=name, marks=pytest.mark.slow) for name in ("en-desk", "en-phone", "es-desk")),
]
