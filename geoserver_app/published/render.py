"""Renders tiles: one SQL statement each, read through schema ``published``."""

from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

from isal import igzip
from psycopg.types.numeric import Int4, Int8

from geoserver_app.published import reader
from geoserver_app.published.tilesets import Tileset

_FOLDER = Path(__file__).with_name("tiles")
BASEMAP, AREAS, ASSETS, KEPT = (
    (_FOLDER / f"{name}.sql").read_text(encoding="utf-8") for name in ("basemap", "areas", "assets", "kept")
)


def digest(content: bytes) -> str:
    """A short hash that tells contents apart."""
    return blake2b(content, digest_size=12).hexdigest()


# Tiles under the same recipe and epoch are the same; a new release may draw the same ground differently.
RECIPE = digest((BASEMAP + AREAS + ASSETS).encode())
PACK_LEVEL = 2  # of ISA-L's gzip: a ninth of the time of the usual 6 and 4 % larger


@dataclass(frozen=True, slots=True)
class Tile:
    """A finished tile: gzipped MVT and a hash of what is inside. An empty one has no bytes at all."""

    gz: bytes
    etag: str


EMPTY = Tile(b"", digest(b""))


@dataclass(frozen=True, slots=True)
class TileAt:
    """The address of a tile: the jurisdiction's id and zoom, column, row in the XYZ scheme."""

    jurisdiction: int
    z: int
    x: int
    y: int

    def values(self) -> dict[str, Any]:
        """The values of a tile statement; the widths are fixed, so that it is prepared once and not per size."""
        return {"jurisdiction": Int8(self.jurisdiction), "z": Int4(self.z), "x": Int4(self.x), "y": Int4(self.y)}


def kept(at: TileAt) -> tuple[int, Tile] | None:
    """The epoch and the kept basemap tile; None where none is good for that epoch."""
    for epoch, gz, etag in reader.rows(KEPT, {**at.values(), "recipe": RECIPE}):
        return epoch, Tile(gz, etag)
    return None


def render(tileset: Tileset, at: TileAt) -> tuple[int, Tile] | None:
    """The epoch and the tile as they are now; None without such a jurisdiction."""
    values = at.values()
    if tileset.kind is None:
        found = reader.rows(BASEMAP, values)
    else:
        statement = AREAS if tileset.kind.feature_class == "area" else ASSETS
        found = reader.rows(statement, {**values, "kind": Int8(tileset.kind.id)})
    for epoch, mvt in found:
        return epoch, pack(mvt)
    return None


def pack(mvt: bytes | None) -> Tile:
    """A tile out of the bytes of an MVT; the same bytes give the same tile at any time."""
    return Tile(igzip.compress(mvt, PACK_LEVEL, mtime=0), digest(mvt)) if mvt else EMPTY
