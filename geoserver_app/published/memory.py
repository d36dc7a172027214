"""Keeps what was rendered last in the memory of this process, up to a number of bytes."""

import threading
from collections import OrderedDict
from collections.abc import Hashable

from geoserver_app.published.render import Tile

OVERHEAD = 400  # bytes that a key, a tile object and its place in the dictionary take


class TileMemory:
    """The tiles used last, by key. The key holds the epoch, so nothing in it ever becomes wrong."""

    def __init__(self, max_bytes: int) -> None:
        self.max_bytes = max_bytes
        self.bytes = 0
        self._tiles: OrderedDict[Hashable, Tile] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Tile | None:
        """The tile under a key, which thereby counts as used."""
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: Hashable, tile: Tile) -> None:
        """Keeps a tile and lets go of the ones not used for longest; one larger than all room is not kept."""
        size = len(tile.gz) + OVERHEAD
        with self._lock:
            if key in self._tiles or size > self.max_bytes:
                return
            self._tiles[key] = tile
            self.bytes += size
            while self.bytes > self.max_bytes:
                self.bytes -= len(self._tiles.popitem(last=False)[1].gz) + OVERHEAD

    def clear(self) -> None:
        """Forgets every tile."""
        with self._lock:
            self._tiles.clear()
            self.bytes = 0
