"""import_requests: a city's old system, with all that became of its requests, through the product's own bulk path."""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from geoserver_app.commands.bars import Bars
from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line
from geoserver_app.past import proposal
from geoserver_app.past.differing_map import write_map
from geoserver_app.past.importing import Import
from geoserver_app.past.mapping import Mapping, read_mapping
from geoserver_app.past.sources import Given, Part, opened
from layers.errors import BadFile
from layers.models import Jurisdiction


class Command(OneMapCommand):
    """import_requests FILE --mapping mapping.yaml [--commit] [--rejects FILE]"""

    help = "Brings the requests of another system in, as its files have them; without --mapping a mapping is proposed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV, Excel, GeoJSON, NDJSON, Open311 pages; a zip or folder of several")
        parser.add_argument(
            "--mapping", metavar="FILE", help="which column is what (YAML), see docs/operator/importing.md"
        )
        parser.add_argument(
            "--propose", nargs="?", const="", metavar="FILE", help="print a mapping, or write it to FILE"
        )
        parser.add_argument("--rejects", metavar="FILE", help="a CSV of what could not come in: file, line, reason")
        parser.add_argument(
            "--map", metavar="FILE", help="with --commit: a map (HTML) of areas that differ from the file's"
        )
        parser.add_argument("--layer", default="", help="the sheet of a workbook that has several")
        parser.add_argument("--encoding", help="of the text, where it is not found out")
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        place = chosen_jurisdiction(options)
        if options["map"] and not options["commit"]:
            raise CommandError("--map shows what was written: it needs --commit.", returncode=2)
        if options["mapping"] is None or options["propose"] is not None:
            self._propose(place, options)
            return
        mapping = read_mapping(options["mapping"])
        with ExitStack() as stack:
            given = stack.enter_context(
                opened(options["file"], layer=options["layer"] or mapping.layer, encoding=options["encoding"])
            )
            given, history = _with_history(stack, given, mapping, Path(options["file"]))
            rejects = _written(stack, options["rejects"])
            self._import(place, mapping, given, history, rejects, options)

    def _import(
        self, place: Jurisdiction, mapping: Mapping, given: Given, history: Sequence[Part], rejects: TextIO | None,
        options: dict[str, Any],
    ) -> None:  # fmt: skip
        bars = Bars("rows")
        steps = bars.next if is_terminal() else bars.hidden
        work = Import(place, mapping, timezone.now(), options["commit"], steps, rejects)
        try:
            report = work.run(given, history)
        finally:
            bars.close()
        for line in report.lines():
            self.stdout.write(line)
        if options["map"]:
            count = write_map(place, mapping.source, Path(options["map"]))
            self.stdout.write(f"{count:,} requests in another area than the file says: {options['map']}")
        rate = report.read / report.seconds if report.seconds else 0
        self.stdout.write(f"{report.seconds:.0f} s, {rate:,.0f} rows a second. {last_line(options['commit'])}")

    def _propose(self, place: Jurisdiction, options: dict[str, Any]) -> None:
        with opened(options["file"], layer=options["layer"], encoding=options["encoding"]) as given:
            text = proposal.of(given, place)
        self.stdout.write(text)
        if not options["propose"]:
            self.stdout.write("# To keep it: --propose mapping.yaml; then import with --mapping mapping.yaml.")
            return
        try:
            with Path(options["propose"]).open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise BadFile(f"{options['propose']} cannot be written: {error.strerror}. Choose another name.") from error
        self.stdout.write(f"# Written to {options['propose']}; import with --mapping {options['propose']}.")


def _with_history(stack: ExitStack, given: Given, mapping: Mapping, path: Path) -> tuple[Given, Sequence[Part]]:
    """The parts with requests, and those with lines of history: in the same zip or folder, or a file beside it."""
    if mapping.history is None:
        return given, ()
    name = mapping.history.file
    lines = [part for part in given.parts if part.name == name or part.name.endswith((f", {name}", f"/{name}"))]
    if not lines:
        beside = path.parent / name
        if not beside.is_file():
            raise BadFile(f"The mapping says that history stands in {name}, which is not there.")
        lines = list(stack.enter_context(opened(beside)).parts)
    return Given(given.name, [part for part in given.parts if part not in lines], given.sha256), lines


def _written(stack: ExitStack, target: str | None) -> TextIO | None:
    if target is None:
        return None
    try:
        return stack.enter_context(Path(target).open("w", encoding="utf-8", newline=""))
    except OSError as error:
        raise BadFile(f"{target} cannot be written: {error.strerror}. Choose another name for --rejects.") from error
