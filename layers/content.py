"""What a shape is, in 16 bytes: equal bytes mean that nothing about a feature changed between two editions."""

import hashlib
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
        hashlib.blake2b(place + repr(row).encode() + width, digest_size=16).digest()
        for place, row in zip(_places(geometries, HASH_DECIMALS), rows, strict=True)
    ]


def auto_codes(geometries: Geometries) -> list[str]:
    """Codes made from places alone, the same for the same geometry in every file; twins get -2, -3 ..."""
    seen: dict[bytes, int] = {}
    codes = []
    for place in _places(geometries, AUTO_DECIMALS):
        seen[place] = seen.get(place, 0) + 1
        code = hashlib.blake2b(place, digest_size=16).hexdigest()[:AUTO_LENGTH] if place else ""
        codes.append(code if seen[place] == 1 or not place else f"{code}-{seen[place]}")
    return codes


def _places(geometries: Geometries, decimals: int) -> list[bytes]:
    """Rounded coordinates of each geometry with its type and number of parts, as bytes; b"" where there is none."""
    # Adding zero turns -0.0 into 0.0, which has other bytes.
    xy = (np.round(shapely.get_coordinates(geometries), decimals) + 0.0).astype("<f8").tobytes()
    ends = (np.cumsum(shapely.get_num_coordinates(geometries)) * 16).tolist()
    heads = zip(shapely.get_type_id(geometries).tolist(), shapely.get_num_geometries(geometries).tolist(), strict=True)
    return [
        xy[start:end] + b"%d,%d" % head if end > start else b""
        for start, end, head in zip([0, *ends[:-1]], ends, heads, strict=True)
    ]
