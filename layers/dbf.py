"""The text of a Shapefile's table (.dbf): which encoding it is in, where nothing says so or what is said is wrong.

Header after dBASE III (32 bytes, then one of 32 bytes for each field): records begin at byte 8's number (2 bytes),
byte 29 is the language driver, 0x00 for none.
"""

import re
import struct
from pathlib import Path

_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_HIGH = re.compile(rb"[\x80-\xff]")
_BLOCK = 1 << 22
_ANSI = (0x00, 0x03, 0x57)  # no language, and two names of Windows' own
# A fixed field may end in the middle of a character, so that not quite every high byte belongs to a whole one.
_WHOLE_SHARE = 0.9
GUESSED = "The table does not say its encoding (.cpg); its text is {}."
LYING = "The table says that its text is UTF-8 (.cpg), but it is not; it was read as Windows-1252."


def encoding_of(shapefile: Path) -> tuple[str | None, str]:
    """The encoding to read the table beside a .shp in and a notice; None where what the table says holds.

    Windows-1252 is only assumed where neither a .cpg nor the table's language names another.
    """
    table, stated = shapefile.with_suffix(".dbf"), _stated(shapefile.with_suffix(".cpg"))
    if stated and stated not in {"utf-8", "utf8", "65001"}:
        return None, ""
    looks = _looks(table)
    if stated:
        return (None, "") if looks != "other" else ("CP1252", LYING)
    if looks == "utf-8":
        return "UTF-8", GUESSED.format("UTF-8")
    if looks == "other" and _language(table) in _ANSI:
        return "CP1252", GUESSED.format("not UTF-8; it was read as Windows-1252")
    return None, ""


def _stated(cpg: Path) -> str:
    return cpg.read_bytes()[:40].decode("ascii", "replace").strip().lower() if cpg.exists() else ""


def _language(table: Path) -> int:
    with table.open("rb") as file:
        header = file.read(32)
    return header[29] if len(header) == 32 else 0


def _looks(table: Path) -> str:
    """ascii, utf-8 or other, by the bytes of its records."""
    high = in_utf_8 = 0
    with table.open("rb") as file:
        header = file.read(32)
        file.seek(struct.unpack_from("<H", header, 8)[0] if len(header) == 32 else 0)
        while block := file.read(_BLOCK):
            high += len(_HIGH.findall(block))
            in_utf_8 += sum(len(found) for found in _MULTIBYTE.findall(block))
    if not high:
        return "ascii"
    return "utf-8" if in_utf_8 >= _WHOLE_SHARE * high else "other"
