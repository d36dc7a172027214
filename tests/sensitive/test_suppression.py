"""What is hidden stays hidden, even from somebody who has read the program: tried on every small table there is."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geoserver_app.published.suppression import Shown, shown

K = 3
Counts = dict[int, int]
Rule = Callable[[Counts, Sequence[int]], Shown[int] | None]
COUNTS = st.lists(st.integers(0, 30), min_size=1, max_size=12)


def ours(counts: Counts, lots: Sequence[int]) -> Shown[int] | None:
    return shown(counts, minimum=K, lots=lots)


def hides_the_small_ones_alone(counts: Counts, _lots: Sequence[int]) -> Shown[int] | None:
    return Shown({cell: None if n < K else n for cell, n in counts.items()}, sum(counts.values()))


def hides_the_next_smallest_too(counts: Counts, _lots: Sequence[int]) -> Shown[int] | None:
    """The usual rule: nobody can subtract, but who knows that it is the smallest can."""
    small = {cell for cell, n in counts.items() if n < K}
    others = sorted(counts.keys() - small, key=lambda cell: (counts[cell], cell))
    hidden = small | set(others[:1]) if small else small
    return Shown({cell: None if cell in hidden else n for cell, n in counts.items()}, sum(counts.values()))


def worlds(cells: int, most: int) -> Iterator[tuple[Counts, tuple[int, ...]]]:
    """Every table of so many cells with numbers up to ``most``, with every way the lots can fall."""
    for numbers in product(range(most + 1), repeat=cells):
        for lots in permutations(range(cells)):
            yield dict(enumerate(numbers)), lots


def given_away(rule: Rule, cells: int, most: int) -> list[tuple[tuple[int | None, ...], int]]:
    """Published tables from which the rule's own reader can exclude a small number of a hidden cell.

    A reader knows the rule, the minimum and the total, not the lots: what is possible are all worlds in which the
    same is published. Only tables whose hidden part is at most ``most`` are judged: all of their worlds are tried.
    """
    possible: dict[tuple[tuple[int | None, ...], int], list[Counts]] = defaultdict(list)
    for counts, lots in worlds(cells, most):
        found = rule(counts, lots)
        if found is not None:
            possible[(tuple(found.cells.values()), found.total)].append(counts)
    return [
        (cells_, total)
        for (cells_, total), worlds_ in possible.items()
        if total - sum(n for n in cells_ if n is not None) <= most and _excludes(cells_, worlds_)
    ]


def _excludes(cells: tuple[int | None, ...], worlds_: list[Counts]) -> bool:
    hidden = [cell for cell, n in enumerate(cells) if n is None]
    return any(not set(range(K)) <= {counts[cell] for counts in worlds_} for cell in hidden)


@pytest.mark.parametrize(("cells", "most"), [(1, 12), (2, 12), (3, 9), (4, 6)])
def test_every_small_number_stays_possible_for_every_hidden_cell(cells: int, most: int) -> None:
    assert given_away(ours, cells, most) == []


@pytest.mark.parametrize("rule", [hides_the_small_ones_alone, hides_the_next_smallest_too])
def test_the_same_search_finds_what_simpler_rules_give_away(rule: Rule) -> None:
    assert given_away(rule, 3, 9)


@given(COUNTS, st.randoms(use_true_random=False), st.integers(3, 12))
def test_large_tables_keep_the_same_promises(numbers: list[int], random: object, minimum: int) -> None:
    counts = dict(enumerate(numbers))
    lots = list(counts)
    random.shuffle(lots)  # type: ignore[attr-defined]
    found = shown(counts, minimum=minimum, lots=lots)
    if found is None:
        assert sum(numbers) < 2 * minimum - 1
        return
    assert found.total == sum(numbers)
    assert all(n is None or (n == counts[cell] and n >= minimum) for cell, n in found.cells.items())
    assert (found.hidden == 0) == (min(numbers) >= minimum)
    assert all(high - low >= minimum for low, high in feasible(found).values())


def feasible(found: Shown[int]) -> Mapping[int, tuple[int, int]]:
    """The least and the greatest that each hidden cell can be, by what is shown and the total."""
    hidden = [cell for cell, n in found.cells.items() if n is None]
    left = found.total - sum(n for n in found.cells.values() if n is not None)
    return {cell: (0, left) if len(hidden) > 1 else (left, left) for cell in hidden}


def test_who_falls_to_the_lot_does_not_hang_on_the_numbers() -> None:
    """Otherwise a reader could tell from the lot how large the number is."""
    for second, third in ((9, 90), (90, 9)):
        found = shown({0: 1, 1: second, 2: third}, minimum=K, lots=(1, 2, 0))
        assert found is not None
        assert [cell for cell, n in found.cells.items() if n is None] == [0, 1]


def test_nothing_is_shown_where_the_total_is_small_itself() -> None:
    assert shown({0: 0, 1: 2, 2: 0}, minimum=K, lots=(0, 1, 2)) is None


def test_numbers_that_are_large_enough_are_all_shown() -> None:
    found = shown({0: 3, 1: 4}, minimum=K, lots=(0, 1))
    assert found == Shown({0: 3, 1: 4}, 7)
