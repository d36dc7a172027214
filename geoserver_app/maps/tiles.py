"""Answers the public tile addresses. Nothing here depends on session, log-in or language (docs/api/tiles.md)."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from gzip import decompress
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.utils.datastructures import MultiValueDict

from geoserver_app.memory import Memory
from geoserver_app.published import reader, render, served
from geoserver_app.published.render import Tile, TileAt
from geoserver_app.published.served import Served
from geoserver_app.published.tilesets import MAX_ZOOM, Tileset, touches
from geoserver_app.site.jurisdiction import JurisdictionNeeded
from layers.errors import NotFound, OneMapError

PREFIX = "/tiles/"
MVT = "application/vnd.mapbox-vector-tile"
FOREVER = "public, max-age=31536000, immutable"
A_MINUTE = "public, max-age=60"

_TILE = re.compile(r"/tiles/([\w.-]+)/(\d{1,2})/(\d{1,8})/(\d{1,8})\.mvt", re.ASCII)
_DOCUMENT = re.compile(r"/tiles/([\w.-]+)\.json", re.ASCII)


class BadTile(OneMapError):
    """A tile address that cannot exist."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for tiles, free of any framework. ``host`` and ``root`` ("https://host") are only asked if needed."""

    path: str
    query: MultiValueDict[str, str]
    host: Callable[[], str]
    root: Callable[[], str]
    accept_encoding: str = ""
    if_none_match: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: status, headers and body."""

    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Found:
    """A tile, and whether its address names the very version that it is."""

    tile: Tile
    versioned: bool = field(default=False)


def answer(ask: Ask) -> Answer:
    """The answer to a GET below ``/tiles/``; errors are JSON with one sentence."""
    try:
        if match := _TILE.fullmatch(ask.path):
            layer, z, x, y = match.groups()
            return _tile_answer(ask, find(ask, layer, int(z), int(x), int(y)))
        if match := _DOCUMENT.fullmatch(ask.path):
            return _document_answer(ask, match[1])
        raise NotFound(f"Nothing is at {ask.path[:80]}. /tiles/catalog.json lists the tiles.")
    except OneMapError as error:
        return refusal(error)
    except DisallowedHost:
        return refusal(BadTile("This host name is not served here; ALLOWED_HOSTS lists those that are."))


def find(ask: Ask, layer: str, z: int, x: int, y: int) -> Found:
    """The tile asked for: from memory, from the kept ones, or rendered now."""
    place, version = place_of(ask), ask.query.get("v")
    if version and version not in _versions(place.epoch):
        # Perhaps it is newer than what we read up to a second ago.
        place = place_of(ask, refreshed=True)
    tile = memory().get((place.id, layer, z, x, y, place.epoch))
    epoch = place.epoch
    if tile is None:
        tileset = _tileset(place, layer)
        _check(tileset, z, x, y)
        epoch, tile = _fetch(ask, place, tileset, z, x, y)
        memory().put((place.id, layer, z, x, y, epoch), tile)
    return Found(tile, version in _versions(epoch))


def version(epoch: int) -> str:
    """What tile addresses carry as ``v``: the epoch and the recipe, since a new release may draw differently."""
    return f"{epoch}.{render.RECIPE[:8]}"


@cache
def memory() -> Memory[Tile]:
    """This process's tiles."""
    return Memory(settings.TILE_MEMORY_MB << 20, lambda tile: len(tile.gz))


def forget() -> None:
    """Forgets tiles and jurisdictions (the next request reads them again)."""
    memory().clear()
    served.forget()


def _versions(epoch: int) -> tuple[str, str]:
    return version(epoch), str(epoch)


def _fetch(ask: Ask, place: Served, tileset: Tileset, z: int, x: int, y: int) -> tuple[int, Tile]:
    """The epoch and the tile from the database."""
    found = _kept_or_rendered(place, tileset, TileAt(place.id, z, x, y))
    if found is None:
        # It was there a second ago: loaded anew, it has another id.
        anew = place_of(ask, refreshed=True)
        found = _kept_or_rendered(anew, _tileset(anew, tileset.id), TileAt(anew.id, z, x, y))
    if found is None:
        raise NotFound(f"Jurisdiction '{place.code}' is gone. /tiles/catalog.json lists the tiles.")
    return found


def _kept_or_rendered(place: Served, tileset: Tileset, at: TileAt) -> tuple[int, Tile] | None:
    if not touches(place.bbox, at.z, at.x, at.y):
        return place.epoch, render.EMPTY
    if tileset.kind is None and (found := render.kept(at)):
        return found
    return render.render(tileset, at)


def place_of(ask: Ask, *, refreshed: bool = False) -> Served:
    """The jurisdiction asked for: by code, else by host name, else the default, else the only one."""
    known = served.refreshed() if refreshed else served.by_code()
    code = ask.query.get("jurisdiction")
    if code:
        if code not in known:
            known = served.refreshed()
        if code not in known:
            raise NotFound(f"No jurisdiction with code '{code[:60]}'; there are: {', '.join(known) or 'none'}.")
        return known[code]
    host = ask.host()
    for place in known.values():
        if host in place.host_names:
            return place
    if settings.DEFAULT_JURISDICTION in known:
        return known[settings.DEFAULT_JURISDICTION]
    if len(known) == 1:
        return next(iter(known.values()))
    raise JurisdictionNeeded(list(known))


def _tileset(place: Served, layer: str) -> Tileset:
    found = place.tilesets.get(layer)
    if found is None:
        raise NotFound(f"No tiles '{layer[:60]}' in {place.code}; /tiles/catalog.json lists them.")
    return found


def _check(tileset: Tileset, z: int, x: int, y: int) -> None:
    if not tileset.minzoom <= z <= MAX_ZOOM:
        raise NotFound(f"No tile at zoom {z}: {tileset.id} has zooms {tileset.minzoom} to {MAX_ZOOM}.")
    if x >= 1 << z or y >= 1 << z:
        raise BadTile(f"No tile {z}/{x}/{y}: at zoom {z}, x and y go from 0 to {(1 << z) - 1}.")


def _tile_answer(ask: Ask, found: Found) -> Answer:
    """200 with the tile, 204 for an empty one, 304 where the client has it."""
    headers = {**_headers(found.tile.etag, FOREVER if found.versioned else A_MINUTE), "Vary": "Accept-Encoding"}
    if _has(ask, found.tile.etag):
        return Answer(304, headers)
    if not found.tile.gz:
        return Answer(204, headers)
    headers["Content-Type"] = MVT
    if not accepts_gzip(ask.accept_encoding):
        return Answer(200, headers, decompress(found.tile.gz))
    return Answer(200, {**headers, "Content-Encoding": "gzip"}, found.tile.gz)


def _document_answer(ask: Ask, name: str) -> Answer:
    place = place_of(ask)
    content = catalog(place, ask.root()) if name == "catalog" else tilejson(place, _tileset(place, name), ask.root())
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = _headers(render.digest(body), A_MINUTE)
    if _has(ask, render.digest(body)):
        return Answer(304, headers)
    return Answer(200, {**headers, "Content-Type": "application/json"}, body)


def catalog(place: Served, root: str) -> dict[str, Any]:
    """What tiles a jurisdiction has, and how far its basemap is rendered."""
    progress = reader.rows(
        "select total, done from published.basemap_progress where jurisdiction_id = %(id)s", {"id": place.id}
    )
    total, done = progress[0] if progress else (0, 0)
    return {
        "jurisdiction": {"code": place.code, "name": place.name, "names": place.names, "epoch": place.epoch},
        "bounds": place.bbox,
        "tilesets": [_entry(place, tileset, root) for tileset in place.tilesets.values()],
        "basemap_progress": {"total": total, "done": done},
    }


def _entry(place: Served, tileset: Tileset, root: str) -> dict[str, Any]:
    kind = tileset.kind
    return {
        "id": tileset.id,
        "name": tileset.name,
        "names": kind.names if kind else {},
        "kind": kind.code if kind else None,
        "on_map": kind.on_map if kind else True,
        "in_force_from": kind.in_force_from if kind else None,
        "minzoom": tileset.minzoom,
        "maxzoom": MAX_ZOOM,
        "tilejson": f"{root}/tiles/{tileset.id}.json?jurisdiction={place.code}",
        "tiles": _template(place, tileset, root),
    }


def tilejson(place: Served, tileset: Tileset, root: str) -> dict[str, Any]:
    """The TileJSON 3.0.0 document of a tileset, with the versioned address."""
    west, south, east, north = place.bbox
    return {
        "tilejson": "3.0.0",
        "name": tileset.name,
        "version": f"1.0.{place.epoch}",
        "scheme": "xyz",
        "tiles": [_template(place, tileset, root)],
        "bounds": [west, south, east, north],
        "center": [(west + east) / 2, (south + north) / 2, max(13, tileset.minzoom)],
        "minzoom": tileset.minzoom,
        "maxzoom": MAX_ZOOM,
        "attribution": place.name,
        "vector_layers": [
            {"id": v.id, "description": v.description, "minzoom": v.minzoom, "maxzoom": MAX_ZOOM, "fields": v.fields}
            for v in tileset.vector_layers
        ],
    }


def _template(place: Served, tileset: Tileset, root: str) -> str:
    query = f"v={version(place.epoch)}&jurisdiction={place.code}"
    return f"{root}/tiles/{tileset.id}/{{z}}/{{x}}/{{y}}.mvt?{query}"


def _headers(etag: str, cache_control: str) -> dict[str, str]:
    # Weak: the gzipped and the plain answer share it.
    return {
        "ETag": f'W/"{etag}"',
        "Cache-Control": cache_control,
        "Access-Control-Allow-Origin": "*",
        "Cross-Origin-Resource-Policy": "cross-origin",
        "X-Content-Type-Options": "nosniff",
    }


def _has(ask: Ask, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/").strip('"') for tag in ask.if_none_match.split(",")]
    return etag in tags or "*" in tags


def accepts_gzip(accept_encoding: str) -> bool:
    """True where the header names gzip (or everything) and does not refuse it by q=0; false where it is missing."""
    for part in accept_encoding.lower().split(","):
        name, _, weight = part.partition(";")
        if name.strip() in {"gzip", "*"}:
            return weight.replace(" ", "").rstrip("0").rstrip(".") not in {"q=", "q"}
    return False


def refusal(error: OneMapError) -> Answer:
    """The answer for an error: its sentence as JSON."""
    headers = {
        "Content-Type": "application/json",
        "Cache-Control": "no-store" if error.status >= 500 else A_MINUTE,
        "Access-Control-Allow-Origin": "*",
        "X-Content-Type-Options": "nosniff",
    }
    if isinstance(error, reader.DatabaseAway):
        headers["Retry-After"] = str(error.retry_after_s)
    body = json.dumps({"error": {"status": error.status, "message": str(error)}}, ensure_ascii=False)
    return Answer(error.status, headers, body.encode())
