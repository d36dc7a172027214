"""What a shape is, in 16 bytes: equal bytes mean that nothing about a feature changed between two editions."""

import hashlib
import json
from typing import Any

import numpy as np
import shapely

from layers.geometry import Geometries

# 1e-9 degrees are 0.1 mm: below that two readings of one place differ by the machine, not by the ground.
HASH_DECIMALS = 9
AUTO_DECIMALS = 7
AUTO_LENGTH = 12


def hashes(geometries: Geometries, rows: list[tuple[Any, ...]], width_m: float | None) -> list[bytes]:
    """A hash for each feature over geometry (as ``geometry.canonical`` leaves it), fields and attributes.

    The width of a line kind counts too, because the ground that its lines take depends on it.
    """
    width = b"" if width_m is None else str(width_m).encode()
    return [
        hashlib.blake2b(wkb + b"\x00" + _text(row) + width, digest_size=16).digest()
        for wkb, row in zip(_rounded_wkb(geometries, HASH_DECIMALS), rows, strict=True)
    ]


def auto_codes(geometries: Geometries) -> list[str]:
    """Codes made from places alone, the same for the same geometry in every file; twins get -2, -3 ..."""
    seen: dict[str, int] = {}
    codes = []
    for wkb in _rounded_wkb(geometries, AUTO_DECIMALS):
        code = hashlib.blake2b(wkb, digest_size=16).hexdigest()[:AUTO_LENGTH] if wkb else ""
        seen[code] = seen.get(code, 0) + 1
        codes.append(code if seen[code] == 1 or not code else f"{code}-{seen[code]}")
    return codes


def _rounded_wkb(geometries: Geometries, decimals: int) -> list[bytes]:
    # Adding zero turns -0.0 into 0.0, which has other bytes.
    rounded = shapely.transform(geometries, lambda xy: np.round(xy, decimals) + 0.0)
    return [wkb or b"" for wkb in np.atleast_1d(shapely.to_wkb(rounded, byte_order=1)).tolist()]


def _text(row: tuple[Any, ...]) -> bytes:
    return json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str).encode()
