"""Every file of a folder of real data, tried one by one: what was loaded, what was refused, and the page of both."""

import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from django.db import connection, transaction

from layers import archives, files
from layers.decisions import decisions
from layers.errors import BadFile
from layers.kinds import KindChoice
from layers.loading import LoadOptions, load
from layers.models import Jurisdiction

SIDECARS = (".shx", ".dbf", ".prj", ".cpg", ".qpj", ".sbn", ".sbx", ".dbf~", ".shp.xml")
TEXTS = (".txt", ".md", "LICENSE", "ATTRIBUTION", "README.md", "SHA256SUMS")
CHOICE = KindChoice(geometry="any", name="Test")
# What does not matter for a first look is decided; everything else refuses the file.
DECIDED = decisions(["invalid=repair", "wrong_type=repair", "null_geometry=drop"])


@dataclass(frozen=True)
class Candidate:
    """A file to try: ``shown`` on the page, ``path`` on disk, ``layer`` to ask for; ``beside`` counts its sidecars."""

    shown: str
    path: Path
    layer: str | None = None
    beside: int = 0


@dataclass
class Row:
    """What became of a candidate, or of one layer in it."""

    shown: str
    layer: str = ""
    beside: int = 0
    result: str = "refused"
    features: str = ""
    crs: str = ""
    accuracy: str = ""
    told: str = ""

    def line(self) -> str:
        name = f"{self.shown} (+{self.beside})" if self.beside else self.shown
        cells = (name, self.layer, self.result, self.features, self.crs, self.accuracy, self.told)
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


@dataclass
class Attempt:
    """Tries candidates as drafts of kind ``test`` of the jurisdiction that ``home_of`` says for each."""

    home_of: Callable[[str], Jurisdiction]
    rows: list[Row] = field(default_factory=list)

    def run(self, candidate: Candidate) -> None:
        if candidate.shown.endswith(TEXTS) and not candidate.shown.endswith(".csv"):
            self.rows.append(Row(candidate.shown, result="no layer", told="a text"))
            return
        try:
            with files.laid_out(candidate.path, layer=candidate.layer) as (source, inner):
                names = [name for name, _ in files.layers_in(source)] if inner is None else [inner]
                several = len(names) > 1 or source.driver in files.SEVERAL
        except BadFile as error:
            self.rows.append(Row(candidate.shown, beside=candidate.beside, told=said(error, candidate.path)))
            return
        for name in names:
            inside = f"{candidate.layer}:{name}" if candidate.layer else name
            self._load(candidate, inside if several else candidate.layer, name if several else "")

    def _load(self, candidate: Candidate, layer: str | None, shown: str) -> None:
        row = Row(candidate.shown, shown, candidate.beside)
        self.rows.append(row)
        place = self.home_of(candidate.shown)
        before = written()
        try:
            with transaction.atomic():
                self._loaded(row, place, candidate.path, layer)
                transaction.set_rollback(True)
        except BadFile as error:
            row.told = said(error, candidate.path)
            # The refusal's own savepoint is what took it back: nothing around it did.
            assert written() == before

    def _loaded(self, row: Row, place: Jurisdiction, path: Path, layer: str | None) -> None:
        options = LoadOptions(layer=layer, code_field="auto", invalid=DECIDED)
        done = load(place, path, kind="test", options=options, choice=CHOICE, commit=True)
        row.result, row.features = "loaded", str(done.report["kept"])
        row.crs, row.accuracy = done.source_crs, f"{done.accuracy_m:g} m"
        found = [
            f"{count} {decision} ({finding})"
            for finding, entry in done.report["findings"].items()
            for decision, count in entry["decisions"].items()
        ]
        heights = [f"{done.report['z_dropped']} with heights or measures"] if done.report["z_dropped"] else []
        row.told = "; ".join([*found, *heights, *done.report["notices"]])


def said(error: BadFile, path: Path) -> str:
    """The sentence of a refusal as it stands on the page: one line, without the folder it was tried in."""
    text = " ".join(str(error).split()).replace(f"{path.parent}/", "").partition(" Accepted: ")[0]
    return text if len(text) < 400 else text[:400].rsplit(" ", 1)[0] + " ..."


def written() -> list[tuple[str, int]]:
    """How many rows every table of reference geography holds."""
    tables = [name for name in connection.introspection.table_names() if name.startswith("layers_")]
    with connection.cursor() as cursor:
        counted = []
        for name in sorted(tables):
            cursor.execute(f'select count(*) from "{name}"')
            counted.append((name, int(cursor.fetchone()[0])))
    return counted


def candidates(folder: Path, scratch: Path) -> Iterator[Candidate]:
    """Every file under a folder, and every one inside its zips and theirs; the parts of a Shapefile are one."""
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        shown = str(path.relative_to(folder))
        yield from within(shown, path, scratch) if zipfile.is_zipfile(path) else [Candidate(shown, path)]


def within(shown: str, path: Path, scratch: Path) -> Iterator[Candidate]:
    """What stands in a zip: its layers by name, the zips in it, and everything else unpacked and tried by itself."""
    try:
        layers = archives.layer_members(path)
    except BadFile:
        layers = []
    with zipfile.ZipFile(path) as archive:
        names = [info.filename for info in archive.infolist() if not info.is_dir()]
        if not names or archives.ROOT in layers:
            yield Candidate(shown, path)
            return
        parts = sidecars(names)
        for name in sorted(set(names) - {part for beside in parts.values() for part in beside}):
            label = f"{shown}/{name}"
            if name in layers:
                yield Candidate(label, path, name, len(parts.get(name, [])))
            elif not any(PurePosixPath(name).is_relative_to(layer) for layer in layers):
                yield from unpacked(archive, name, label, scratch)
    for layer in layers:
        if layer not in names:
            held = sum(PurePosixPath(name).is_relative_to(layer) for name in names)
            yield Candidate(f"{shown}/{layer}", path, layer, held - 1)


def unpacked(archive: zipfile.ZipFile, name: str, label: str, scratch: Path) -> Iterator[Candidate]:
    folder = scratch / f"{len(list(scratch.iterdir())):04}"
    folder.mkdir()
    target = folder / PurePosixPath(name).name
    target.write_bytes(archive.read(name))
    yield from within(label, target, scratch) if zipfile.is_zipfile(target) else [Candidate(label, target)]


def sidecars(names: list[str]) -> dict[str, list[str]]:
    """The files that belong to each .shp, by its name."""
    shapefiles = [name for name in names if name.endswith(".shp")]
    return {one: [name for name in names if name in {one[:-4] + end for end in SIDECARS}] for one in shapefiles}


def page(rows: list[Row], head: str) -> str:
    """The page: a heading, how many became what, and the table."""
    counts = {result: sum(row.result == result for row in rows) for result in ("loaded", "refused", "no layer")}
    files_told = len({row.shown for row in rows}) + sum({row.shown: row.beside for row in rows}.values())
    summary = (
        f"{files_told} files in {len(rows)} rows: {counts['loaded']} layers loaded, {counts['refused']} refused, "
        f"{counts['no layer']} no layer."
    )
    columns = "| file | layer | result | features | system | accuracy | repairs, or the sentence that refuses |"
    return "\n".join([head, summary, "", columns, "|---|---|---|---|---|---|---|", *(row.line() for row in rows), ""])
