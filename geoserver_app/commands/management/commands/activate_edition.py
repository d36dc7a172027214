"""Puts a draft edition in force; the requests that it concerns follow."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.flow_editions import Change, activate_edition, run_turn
from layers.activation import Turned
from layers.loading import days_wanted


class Command(OneMapCommand):
    """activate_edition ID [--in-force FROM[..TO]] [--commit]"""

    help = "Puts a draft edition in force and ends its predecessor the day before; a dry run unless --commit."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("edition", type=int, metavar="ID")
        parser.add_argument("--in-force", metavar="FROM[..TO]", help="days instead of those it was loaded for")
        parser.add_argument("--commit", action="store_true", help="write (without it: a dry run)")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = days_wanted(options["in_force"]) if options["in_force"] else None
        change = activate_edition(options["edition"], wanted=wanted, commit=options["commit"])
        self.stdout.write("\n".join(whole(change, committed=options["commit"])))


def whole(change: Change, *, committed: bool) -> list[str]:
    """What a change of editions did, or would; lets the requests follow, with a bar where somebody watches."""
    lines = told(change.turned, committed=committed)
    if change.rules is not None:
        lines.append(f"  rules: version {change.rules}.")
    if change.scopes:
        lines.append(f"  {change.scopes} assignments follow their areas.")
    lines += [f"  held up: {reason}." for reason in change.held]
    return [*lines, *(_followed(change) if change.turn else [f"  {change.concerned:,} requests are concerned."])]


def _followed(change: Change) -> list[str]:
    assert change.turn is not None  # noqa: S101  asked for where there is one
    with tqdm(
        total=change.turn.total, desc="Linking", unit=" requests", file=sys.stderr, disable=not is_terminal()
    ) as bar:
        done = run_turn(change.turn.pk, progress=lambda count: _told(bar, count))
    given = f", {done.restored:,} are as they were" if done.undoes_id else ""
    lines = [
        f"  {done.total:,} requests are concerned: {done.moved:,} lie elsewhere now,"
        f" {done.handed_on:,} of them go to another desk{given}."
    ]
    return lines + [f"  {what} were changed since and stay as they are." for what in done.left]


def _told(bar: Any, count: int) -> None:
    bar.update(count)


def told(turned: Turned, *, committed: bool) -> list[str]:
    """What an activation or roll back did, in lines; the same for a dry run but for the first words."""
    made = "Done" if committed else "Dry run (nothing written; --commit writes)"
    lines = [f"{made}: edition {turned.edition} of {turned.kind_code} is {_state(turned)}."]
    lines += [f"  {other}" for other in turned.others]
    current = f"edition {turned.current}" if turned.current else "none"
    lines.append(f"  in force today: {current}; shapes: {turned.came_in} came in, {turned.went_out} went out.")
    return lines


def _state(turned: Turned) -> str:
    return "a draft again" if turned.days == "not in force" else f"in force {turned.days}"
