"""How tests are spread over processes."""

from pathlib import Path

from tests import distribution

ROOT = Path(__file__).resolve().parents[2]


def test_what_is_named_as_long_is_there() -> None:
    assert [name for name in (*distribution.LONGEST, *distribution.TOGETHER) if not (ROOT / name).exists()] == []


def test_the_longest_begin_and_then_those_with_the_most_tests() -> None:
    given = ["tests/a.py::one", "tests/b.py::one", "tests/b.py::two", "tests/quality/test_code.py::x"]
    given += ["tests/browser/test_map.py::one", "tests/browser/test_gis.py::one[tests/b.py]"]
    units = ["tests/browser/", "tests/quality/test_code.py", "tests/b.py", "tests/a.py"]
    assert distribution.ordered(given) == units
    units = ["tests/browser/", "tests/a.py", "tests/quality/test_code.py", "tests/b.py"]
    assert distribution.ordered(given, without_database={"tests/a.py"}) == units
