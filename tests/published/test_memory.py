"""What a process remembers, tiles and counts: bounded in bytes, what was used last stays."""

from geoserver_app.memory import OVERHEAD, Memory


def remembering(max_bytes: int) -> Memory[bytes]:
    return Memory(max_bytes, len)


def test_what_was_not_used_for_longest_goes_first() -> None:
    memory = remembering(2 * (1000 + OVERHEAD))
    memory.put("a", b"x" * 1000)
    memory.put("b", b"x" * 1000)
    memory.get("a")
    memory.put("c", b"x" * 1000)
    assert [memory.get(key) is not None for key in "abc"] == [True, False, True]


def test_it_never_takes_more_than_it_may() -> None:
    memory = remembering(10_000)
    for number in range(100):
        memory.put(number, b"x" * number * 50)
    assert 0 < memory.bytes <= 10_000


def test_what_is_larger_than_all_room_is_not_kept() -> None:
    memory = remembering(1000)
    memory.put("a", b"x" * 2000)
    assert memory.get("a") is None


def test_no_room_keeps_nothing() -> None:
    memory = remembering(0)
    memory.put("a", b"")
    assert memory.get("a") is None
