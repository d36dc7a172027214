"""Puts a draft edition in force; the requests that it concerns follow."""

import sys
from typing import Any

from django.core.management.base import CommandParser
from tqdm import tqdm

from geoserver_app.commands.choice import is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.editions.models import Turn
from geoserver_app.flow_editions import Change, activate_edition
from geoserver_app.flow_turns import run_turn
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
        change = activate_edition(options["edition"], wanted=wanted, commit=options["commit"], follow=with_bar)
        self.stdout.write("\n".join(whole(change, committed=options["commit"])))


def whole(change: Change, *, committed: bool) -> list[str]:
    """What a change of editions did, or would."""
    turn = change.turn
    lines = told(change.turned, committed=committed)
    if change.rules is not None:
        lines.append(f"  rules: version {change.rules}.")
    if turn.scopes:
        lines.append(f"  {len(turn.scopes)} assignments follow their areas.")
    lines += [f"  held up: {reason}." for reason in change.held]
    given = f", {turn.restored:,} are as they were" if turn.undoes_id else ""
    lines.append(
        f"  {turn.total:,} requests are concerned: {turn.moved:,} lie elsewhere now,"
        f" {turn.handed_on:,} of them go to another desk{given}."
    )
    return lines + [f"  {what} were changed since and stay as they are." for what in turn.left]


def with_bar(turn: Turn) -> Turn:
    """Lets the requests of a turn follow, with a bar where somebody watches."""
    with tqdm(total=turn.total, desc="Linking", unit=" requests", file=sys.stderr, disable=not is_terminal()) as bar:
        return run_turn(turn.pk, progress=lambda count: _told(bar, count))


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
