"""The tiles that a process remembers: bounded in bytes, the ones used last stay."""

from geoserver_app.published.memory import OVERHEAD, TileMemory
from geoserver_app.published.render import Tile


def tile(size: int) -> Tile:
    return Tile(b"x" * size, "etag")


def test_what_was_not_used_for_longest_goes_first() -> None:
    memory = TileMemory(max_bytes=2 * (1000 + OVERHEAD))
    memory.put("a", tile(1000))
    memory.put("b", tile(1000))
    memory.get("a")
    memory.put("c", tile(1000))
    assert [memory.get(key) is not None for key in "abc"] == [True, False, True]


def test_it_never_takes_more_than_it_may() -> None:
    memory = TileMemory(max_bytes=10_000)
    for number in range(100):
        memory.put(number, tile(number * 50))
    assert 0 < memory.bytes <= 10_000


def test_a_tile_larger_than_all_room_is_not_kept() -> None:
    memory = TileMemory(max_bytes=1000)
    memory.put("a", tile(2000))
    assert memory.get("a") is None


def test_no_room_keeps_nothing() -> None:
    memory = TileMemory(max_bytes=0)
    memory.put("a", tile(0))
    assert memory.get("a") is None
