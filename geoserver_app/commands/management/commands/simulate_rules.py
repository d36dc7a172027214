"""simulate_rules: what a file of rules, or a draft, would have decided otherwise of the last days; writes nothing."""

import csv
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils import timezone
from tqdm import tqdm

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction, is_terminal
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.flow_rules import simulate_rules
from geoserver_app.route.loading import load_rules
from geoserver_app.route.models import RuleSet
from geoserver_app.route.simulate import Simulated
from geoserver_app.rulebook.names import Names
from geoserver_app.rulebook.sheet import HEADINGS, rows
from layers.errors import NotFound
from layers.models import Jurisdiction


class Command(OneMapCommand):
    """simulate_rules FILE --days N [--csv FILE] or simulate_rules --version-of-rules V --days N"""

    help = "Says which requests of the last days other rules would have given to whom; writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", metavar="FILE", help="rules as load_rules reads them")
        parser.add_argument("--version-of-rules", type=int, metavar="V", help="a version that is there, instead")
        parser.add_argument("--days", type=int, required=True, metavar="N", help="today and the days before, N in all")
        parser.add_argument("--csv", metavar="FILE", help="every request that would move, with its desks")
        parser.add_argument("--lang", default="en")
        add_jurisdiction_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["days"] < 1:
            raise CommandError("--days is 1 or more: 1 is today.", returncode=2)
        if (options["file"] is None) == (options["version_of_rules"] is None):
            raise CommandError("Name either a FILE of rules or --version-of-rules.", returncode=2)
        jurisdiction = chosen_jurisdiction(options)
        with transaction.atomic():
            found = self._simulated(_rules(jurisdiction, options), options["days"])
            transaction.set_rollback(True)
        names = Names(options["lang"])
        if options["csv"]:
            with Path(options["csv"]).open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([HEADINGS, *rows(found.stored()["moves"], names)])
        self.stdout.write("\n".join(told(found, names)))

    def _simulated(self, rules: RuleSet, days: int) -> Simulated:
        with tqdm(desc="Deciding", unit=" requests", file=sys.stderr, disable=not is_terminal()) as bar:

            def more(count: int) -> None:
                bar.update(count)

            return simulate_rules(rules, last_days=days, progress=more, begins=bar.reset)


def _rules(jurisdiction: Jurisdiction, options: dict[str, Any]) -> RuleSet:
    """The draft of the file, in the caller's transaction, or the version that is named."""
    if options["file"] is not None:
        return load_rules(options["file"], jurisdiction, at=timezone.now()).rule_set
    versions = RuleSet.objects.select_related("jurisdiction", "safe_post", "triage_post")
    found = versions.filter(jurisdiction=jurisdiction, version=options["version_of_rules"]).first()
    if found is None:
        raise NotFound(f"There is no version {options['version_of_rules']} of the rules.")
    return found


def told(found: Simulated, names: Names) -> list[str]:
    """What would have been otherwise, in lines."""
    against = f"version {found.against}" if found.against else "no rules at all"
    lines = [
        f"The last {found.days} days, against {against} (nothing was written):",
        f"  {found.looked_at:,} requests looked at: {found.moved:,} would have gone to another desk,"
        f" {found.waiting:,} of them still wait.",
        f"  Of the others {found.priority:,} would have another priority, {found.copies:,} other copies.",
    ]
    changed = [one for one in found.held if one.before != one.after]
    lines += ["  desks, had and would have had:"] if changed else []
    lines += [
        f"    {names.desk(one.department, one.post)}: {one.before:,} -> {one.after:,} ({one.after - one.before:+,})"
        for one in changed
    ]
    lines += ["  departments:"] if found.handed else []
    lines += [f"    {names.department(old)} -> {names.department(new)}: {n:,}" for old, new, n in found.handed]
    lines += ["  areas:"] if found.areas else []
    return lines + [f"    {one.kind}:{one.code}: {one.count:,}" for one in found.areas]
