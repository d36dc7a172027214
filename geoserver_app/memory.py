"""What a process remembers of its own work, up to a number of bytes; what was used last stays."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

OVERHEAD = 400  # bytes that a key, a small object and its place in the dictionary take
Value = TypeVar("Value")


class Memory(Generic[Value]):
    """Values by key. A key names all that its value was made of, so that nothing in it ever becomes wrong.

    ``size_of`` says how many bytes a value takes, beside OVERHEAD.
    """

    def __init__(self, max_bytes: int, size_of: Callable[[Value], int]) -> None:
        self.max_bytes = max_bytes
        self.size_of = size_of
        self.bytes = 0
        self._values: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Value | None:
        """The value under a key, which thereby counts as used."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: Value) -> None:
        """Keeps a value and lets go of the ones not used for longest; one larger than all room is not kept."""
        size = self.size_of(value) + OVERHEAD
        with self._lock:
            if key in self._values or size > self.max_bytes:
                return
            self._values[key] = value, size
            self.bytes += size
            while self.bytes > self.max_bytes:
                self.bytes -= self._values.popitem(last=False)[1][1]

    def clear(self) -> None:
        """Forgets every value."""
        with self._lock:
            self._values.clear()
            self.bytes = 0
