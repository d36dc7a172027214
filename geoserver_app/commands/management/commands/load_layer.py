"""Loads a file of reference geography as a draft edition."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction
from tqdm import tqdm

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.management.commands import activate_edition
from geoserver_app.flow_editions import activate_edition as put_in_force
from layers import proposal
from layers.bulk import Progress
from layers.confined import door
from layers.decisions import decisions
from layers.errors import BadFile
from layers.kinds import KindChoice
from layers.loading import LoadOptions, LoadResult, days_wanted, load
from layers.models import Jurisdiction
from layers.transform import MAX_ACCURACY_M


class Command(OneMapCommand):
    """load_layer FILE --kind KIND [...] [--commit]"""

    help = "Reads a file of features (docs/gis/formats.md) into a draft edition of a kind; a dry run unless --commit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file")
        parser.add_argument("--kind", required=True, help="neighborhood, beat, parcel, asset:TYPE ...")
        add_jurisdiction_option(parser)
        _source_arguments(parser)
        _kind_arguments(parser)
        parser.add_argument("--in-force", metavar="FROM[..TO]", help="days it is meant for; TO is the last day")
        parser.add_argument(
            "--invalid",
            action="append",
            default=[],
            metavar="refuse|repair|drop",
            help="what to do about faults; CLASS=POLICY for one class of them, repeat it",
        )
        parser.add_argument("--commit", action="store_true", help="write a draft edition (without it: a dry run)")
        parser.add_argument("--activate", action="store_true", help="with --commit: put it in force at once")
        parser.add_argument("--yes", action="store_true", help="accepted for scripts; nothing is asked")

    def handle(self, *args: Any, **options: Any) -> None:
        door.begin()
        place = chosen_jurisdiction(options)
        if options["propose"] is not None:
            self._propose(place, options)
            return
        change = None
        with transaction.atomic():
            result = load(
                place,
                options["file"],
                kind=options["kind"],
                options=_load_options(options),
                choice=_kind_choice(options),
                commit=options["commit"],
                progress=_Bars().next if is_terminal() else None,
            )
            lines = told(result)
            if options["activate"] and result.edition is not None:
                change = put_in_force(result.edition, commit=True)
        if change is not None:
            followed = replace(change, turn=activate_edition.with_bar(change.turn))
            lines += activate_edition.whole(followed, committed=True)
        for line in lines:
            self.stdout.write(line)

    def _propose(self, place: Jurisdiction, options: dict[str, Any]) -> None:
        """Prints a crosswalk for the file, and writes it where a name for it was given and is free."""
        text = proposal.for_file(
            place, options["file"], kind=options["kind"], options=_load_options(options), choice=_kind_choice(options)
        )
        self.stdout.write(text)
        if not options["propose"]:
            self.stdout.write("# To keep it: --propose crosswalk.yaml; then load with --map crosswalk.yaml.")
            return
        target = Path(options["propose"])
        try:
            with target.open("x", encoding="utf-8") as file:
                file.write(text)
        except OSError as error:
            raise BadFile(f"{target} cannot be written: {error.strerror}. Choose another name.") from error
        self.stdout.write(f"# Written to {target}; load with --map {target}.")


def _source_arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--layer", help="the layer of a file with several, or the member of a zip, or both as MEMBER:LAYER"
    )
    parser.add_argument("--code-field", metavar="F", help='the column with the code, or "auto"')
    parser.add_argument("--name-field", metavar="F", help="the column with the name")
    parser.add_argument("--map", metavar="FILE", help="a crosswalk (YAML), see docs/gis/loading.md")
    parser.add_argument(
        "--propose", nargs="?", const="", metavar="FILE", help="print a crosswalk for this file, write it to FILE"
    )
    parser.add_argument("--where", metavar="EXPR", help="which features, in OGR SQL")
    parser.add_argument("--source-srid", type=int, metavar="N", help="EPSG code where the file states none")
    parser.add_argument("--encoding", help="of the text, where it is not found out")
    parser.add_argument(
        "--max-accuracy", type=float, default=MAX_ACCURACY_M, metavar="M", help="metres a transformation may be off"
    )


def _kind_arguments(parser: CommandParser) -> None:
    parser.add_argument("--geometry", choices=("polygon", "line", "point", "any"), help="of a kind of your own")
    parser.add_argument("--name", help="of the kind, in English")
    parser.add_argument("--kind-name-es", help="of the kind, in Spanish")
    parser.add_argument("--width", type=float, metavar="M", help="full width in metres of a line kind's ground")
    parser.add_argument("--overlap", choices=("one", "all"), help="which areas count where several cover a place")
    parser.add_argument("--gap", type=float, metavar="M", help="how far outside a place still counts to an area")
    parser.add_argument("--near-border", type=float, metavar="M", help="nearer to a border is marked")


def _load_options(options: dict[str, Any]) -> LoadOptions:
    return LoadOptions(
        layer=options["layer"],
        code_field=options["code_field"],
        name_field=options["name_field"],
        crosswalk=options["map"],
        where=options["where"],
        source_srid=options["source_srid"],
        encoding=options["encoding"],
        invalid=decisions(options["invalid"]),
        max_accuracy_m=options["max_accuracy"],
        wanted=days_wanted(options["in_force"]) if options["in_force"] else None,
    )


def _kind_choice(options: dict[str, Any]) -> KindChoice:
    return KindChoice(
        geometry=options["geometry"],
        name=options["name"],
        name_es=options["kind_name_es"],
        width_m=options["width"],
        overlap=options["overlap"],
        gap_m=options["gap"],
        near_border_m=options["near_border"],
    )


class _Bars:
    """Progress of one step after the other on a terminal; a step's bar goes when the next begins."""

    def __init__(self) -> None:
        self._bar: tqdm[Any] | None = None

    def next(self, step: str, total: int) -> Progress:
        if self._bar is not None:
            self._bar.close()
        bar = self._bar = tqdm(total=total, desc=step, unit=" features", file=sys.stderr, leave=False)

        def done(rows: int) -> None:
            bar.update(rows)

        return done


def told(result: LoadResult) -> list[str]:
    """What a load did, in lines; the same for a dry run but for the first."""
    counts, report = result.counts, result.report
    made = f"Draft edition {result.edition} of" if result.edition else "Dry run (nothing written; --commit writes):"
    lines = [
        f"{made} {result.kind_code}, number {result.seq}: {report['kept']} of {report['in_file']} features.",
        f"  shapes: {counts.new} new, {counts.carried} unchanged, {counts.reopened} put back, {counts.closed} ended; "
        f"{counts.identities} new codes.",
        f"  {result.source_crs}, accuracy {result.accuracy_m:g} m. {report['transformation_missing']}".rstrip(),
    ]
    for finding, entry in report["findings"].items():
        decisions = ", ".join(f"{count} {decision}" for decision, count in entry["decisions"].items())
        lines.append(f"  {finding}: {entry['count']} ({decisions}); {entry['examples'][0]}")
    for name, words in (("z_dropped", "with heights or measures, dropped"), ("slivers", "slivers, kept")):
        if report[name]:
            lines.append(f"  {report[name]} {words}")
    lines += [f"  {notice}" for notice in report["notices"]]
    lines.append("  " + ", ".join(f"{step} {seconds:.2f} s" for step, seconds in result.seconds.items()))
    return lines
