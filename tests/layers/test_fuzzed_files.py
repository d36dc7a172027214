"""2,000 files with damage: each is loaded or refused with a sentence, in bounded time, and a refusal writes nothing.

The damage is drawn from a seed for each file, so that the same files come every time.
"""

import random
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import transaction

from layers.confined import door
from layers.errors import BadFile
from layers.kinds import KindChoice
from layers.models import Jurisdiction
from tests.layers.conftest import Loader
from tests.layers.drawn import csv, write
from tests.layers.test_formats import topology, workbook
from tests.layers.town import square
from tests.realdata.every_file import written

EACH = 200
LONGEST_S = 60  # of one file, on a machine that others use too
ZONES = KindChoice(geometry="any", name="Test")
SQUARES = [square(x, y, x + 1, y + 1) for x in range(4) for y in range(4)]
COLUMNS = {"code": [f"B-{number}" for number in range(16)], "name": ["Peñón"] * 16, "number": list(range(16))}

pytestmark = pytest.mark.slow


def packed(path: Path) -> Path:
    """A zip of a folder's files, or of everything with a file's stem."""
    target = path.with_suffix(".zip")
    parts = sorted(path.iterdir()) if path.is_dir() else sorted(path.parent.glob(f"{path.stem}.*"))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"{path.name}/{part.name}" if path.is_dir() else part.name)
    return target


def _topojson(folder: Path) -> Path:
    import json

    path = folder / "areas.topojson"
    path.write_text(json.dumps(topology("1")))
    return path


def _table(folder: Path) -> Path:
    rows = [f"{number},-119.7{number},36.0{number},Peñón" for number in range(9)]
    return csv(folder / "areas.csv", "code,lon,lat,name", *rows)


def _workbook(folder: Path) -> Path:
    return workbook(folder / "areas.xlsx", {"code": ["007", "8"], "lon": [-119.71, -119.70], "lat": [36.01, 36.0]})


def _of(driver: str, **options: str) -> Callable[[Path], Path]:
    return lambda folder: write(folder / "areas", SQUARES, COLUMNS, driver=driver, **options)


SOUND: dict[str, Callable[[Path], Path]] = {
    "shapefile": _of("ESRI Shapefile"),
    "geopackage": _of("GPKG"),
    "geodatabase": _of("OpenFileGDB", geometry_type="MultiPolygon", layer="areas"),
    "geojson": _of("GeoJSON"),
    "geojsonseq": _of("GeoJSONSeq"),
    "flatgeobuf": _of("FlatGeobuf"),
    "kml": _of("LIBKML"),
    "topojson": _topojson,
    "csv": _table,
    "xlsx": _workbook,
}


def truncated(content: bytearray, chance: random.Random, _other: bytes) -> None:
    del content[chance.randrange(len(content)) :]


def flipped(content: bytearray, chance: random.Random, _other: bytes) -> None:
    for _ in range(chance.choice((1, 3, 20, 200))):
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)


def headed(content: bytearray, chance: random.Random, other: bytes) -> None:
    """The head of another format over its own."""
    length = chance.choice((4, 16, 100))
    content[:length] = other[:length]


def doubled(content: bytearray, chance: random.Random, _other: bytes) -> None:
    start, length = chance.randrange(len(content)), chance.choice((1, 100, 5000))
    content[start:start] = content[start : start + length]


def swollen(content: bytearray, chance: random.Random, _other: bytes) -> None:
    """Numbers made as large as they go: counts, lengths, offsets."""
    for _ in range(chance.choice((1, 4))):
        at = chance.randrange(len(content))
        content[at : at + 4] = chance.choice(
            (b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\x7f", b"\x00" * 4)
        )


DAMAGES = (truncated, flipped, headed, doubled, swollen)


def damaged(sound: Path, folder: Path, chance: random.Random, other: bytes) -> Path:
    """A copy with one part damaged, in its zip or the zip itself, and now and then under another name."""
    parts = parts_of(sound)
    name = chance.choice(sorted(parts))
    content = bytearray(parts[name])
    if content:
        chance.choice(DAMAGES)(content, chance, other)
    parts[name] = bytes(content)
    if len(parts) == 1 and chance.random() < 0.8:
        suffix = chance.choice((Path(name).suffix,) * 4 + (".shp", ".gpkg", ".geojson", ".csv", ".kml", ".zip"))
        target = folder / f"damaged{suffix}"
        target.write_bytes(parts[name])
        return target
    target = folder / "damaged.zip"
    with zipfile.ZipFile(target, "w") as archive:
        for part, inside in parts.items():
            archive.writestr(part, inside)
    if chance.random() < 0.3:
        whole = bytearray(target.read_bytes())
        chance.choice(DAMAGES)(whole, chance, other)
        target.write_bytes(bytes(whole))
    return target


def parts_of(sound: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(sound) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def sound_files(tmp_path: Path) -> dict[str, Path]:
    """A zip of a sound file of each format."""
    made = {}
    for name, make in SOUND.items():
        folder = tmp_path / name
        folder.mkdir()
        made[name] = packed(make(folder))
    return made


def outcomes(sound: Path, others: list[bytes], folder: Path, attempt: Callable[[Path], str]) -> Iterator[str]:
    for number in range(EACH):
        chance = random.Random(f"{sound.parent.name} {number}")
        began = time.monotonic()
        yield attempt(damaged(sound, folder, chance, chance.choice(others)))
        assert time.monotonic() - began < LONGEST_S, (sound.parent.name, number)


@pytest.mark.timeout(1200)
@pytest.mark.filterwarnings("error::RuntimeWarning")  # nothing but the sentence reaches the terminal
@pytest.mark.parametrize("name", SOUND)
def test_damaged_files_are_loaded_or_refused(
    tmp_path: Path, almendra: Jurisdiction, load_file: Loader, sound_files: dict[str, Path], name: str
) -> None:
    before = written()
    warden = None

    def attempt(path: Path) -> str:
        try:
            with transaction.atomic():
                load_file(path, "test", choice=ZONES, code_field="auto", invalid=["repair", "null_geometry=drop"])
                transaction.set_rollback(True)
        except BadFile as error:
            assert written() == before
            assert "onemap-load" not in str(error)
            return str(error)
        return ""

    others = [next(iter(parts_of(path).values())) for path in sound_files.values()]
    assert attempt(sound_files[name]) == ""
    warden = door._warden._process
    told = list(outcomes(sound_files[name], others, tmp_path, attempt))
    assert len(told) == EACH
    assert sum(bool(one) for one in told) > EACH / 4
    assert door._warden._process is warden
    assert [path.name for path in tmp_path.glob("damaged*") if path.is_dir()] == []
