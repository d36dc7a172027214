"""Photos made safe at once: type by content, bounded, re-encoded, without metadata; their position read first."""

import hashlib
import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from geoserver_app.intake.submission import Photo
from layers.errors import OneMapError

LARGEST_BYTES = 20_000_000
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 1600
THUMBNAIL_SIDE = 320
MOST_PHOTOS = 5
QUALITY = 85
ACCEPTED = ("JPEG", "PNG", "WEBP", "GIF")
_GPS_IFD = 0x8825


class BadPhoto(OneMapError):
    """A file that is no photo we can take."""

    status = 422


@dataclass(frozen=True)
class PhotoPosition:
    """Where a photo says it was taken, degrees (EPSG:4326)."""

    lon: float
    lat: float


def read_photo(content: bytes) -> tuple[Photo, PhotoPosition | None]:
    """The photo re-encoded as JPEG, upright, with a thumbnail; and its position if it says one. BadPhoto otherwise."""
    if len(content) > LARGEST_BYTES:
        raise BadPhoto(f"The photo has {len(content) / 1e6:.0f} MB; up to {LARGEST_BYTES / 1e6:.0f} MB can be sent.")
    image = _open(content)
    position = _position(image)
    upright = ImageOps.exif_transpose(image).convert("RGB")
    picture, thumbnail = _jpeg(upright, LONGEST_SIDE), _jpeg(upright, THUMBNAIL_SIDE)
    scale = min(1.0, LONGEST_SIDE / max(upright.size))
    width, height = (max(1, round(side * scale)) for side in upright.size)
    return Photo(picture, thumbnail, width, height, hashlib.sha256(picture).hexdigest()), position


def _open(content: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(content), formats=ACCEPTED)
        # The size stands in the header: checked before a single pixel is unpacked.
        if image.width * image.height > MOST_PIXELS:
            raise BadPhoto(f"The photo has {image.width} x {image.height} pixels, more than can be taken.")
        image.load()
    except BadPhoto:
        raise
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise BadPhoto("This file is no photo we can read. Send a JPEG, PNG, WebP or GIF.") from error
    return image


def _jpeg(image: Image.Image, longest_side: int) -> bytes:
    copy = image.copy()
    copy.info = {}  # a comment or an XMP packet would be written again
    copy.thumbnail((longest_side, longest_side))
    buffer = io.BytesIO()
    copy.save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()


def _position(image: Image.Image) -> PhotoPosition | None:
    """The GPS tags (EXIF 2.3, 4.6.6) as degrees; None where they are missing or make no sense."""
    try:
        gps = image.getexif().get_ifd(_GPS_IFD)
        lat, lon = _degrees(gps[2], gps[1] == "S"), _degrees(gps[4], gps[3] == "W")
    except (KeyError, TypeError, ValueError, ZeroDivisionError, IndexError, SyntaxError):
        return None
    sensible = -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0.0, 0.0)
    return PhotoPosition(lon, lat) if sensible else None


def _degrees(parts: tuple[float, float, float], negative: bool) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if negative else value
