"""Counts as bytes: many rows at once are written and read like one."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver_app.density.counts import ROW, CountsBroken, added_up, distinct, pack, pack_all, unpack, unpack_all
from tests.examples import examples

COUNT = st.sampled_from([0, 0, 0, 1, 7, 65_535, 65_536])
ROWS = st.lists(st.lists(COUNT, min_size=1, max_size=12), max_size=6)


@settings(max_examples=examples(60), deadline=None)
@given(ROWS)
def test_many_rows_are_written_and_read_like_one(rows: list[list[int]]) -> None:
    packed = [pack(np.array(row, dtype=np.int64)) for row in rows]
    keys, counts = unpack_all(packed)
    told = {(key >> ROW, key & (1 << ROW) - 1): n for key, n in zip(keys.tolist(), counts.tolist(), strict=True)}
    assert told == {(at, place): n for at, row in enumerate(rows) for place, n in enumerate(row) if n}
    order = np.argsort(keys)
    assert pack_all(keys[order], counts[order], np.array([len(row) for row in rows], dtype=np.int64)) == packed
    assert [unpack(one, len(row)).tolist() for one, row in zip(packed, rows, strict=True)] == rows


def test_a_count_below_zero_among_many_is_refused() -> None:
    with pytest.raises(CountsBroken):
        pack_all(np.array([0, 1 << ROW]), np.array([3, -1]), np.array([1, 1]))


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([1, 1, 1, 2, -1])), max_size=12))
def test_keys_are_added_up_whether_each_counts_once_or_not(pairs: list[tuple[int, int]]) -> None:
    keys = np.array([key for key, _ in pairs], dtype=np.int64)
    for weights in (np.array([weight for _, weight in pairs], dtype=np.int64), np.ones_like(keys)):
        sums = {key: int(weights[keys == key].sum()) for key in sorted(set(keys.tolist()))}
        found, counts = added_up(keys, weights)
        assert dict(zip(found.tolist(), counts.tolist(), strict=True)) == {key: n for key, n in sums.items() if n}
        assert found.tolist() == sorted(found.tolist())
    assert distinct(keys).tolist() == sorted(set(keys.tolist()))
