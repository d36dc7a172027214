"""activate_rules: puts a draft of the rules in force; the version before it is retired, what waits is routed again."""

from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line, rehearsal
from geoserver_app.flow_rules import activate_rules
from geoserver_app.route.models import RuleSet
from layers.errors import NotFound
from layers.models import Jurisdiction


class Command(OneMapCommand):
    help = "Puts a version of the rules in force from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("version", type=int)
        add_jurisdiction_option(parser)
        parser.add_argument("--leave-open", action="store_true", help="open requests stay with whom they are")
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        rule_set = _version(chosen_jurisdiction(options), options["version"])
        with rehearsal(options["commit"]):
            done = activate_rules(rule_set.pk, again=not options["leave_open"], at=timezone.now())
        self.stdout.write(f"version {rule_set.version}: {rule_set.rules.count()} rules in force")
        self.stdout.write(f"{done.turn.total} open requests that nobody has taken up are routed again by the worker")
        self.stdout.write(last_line(options["commit"]))


def _version(jurisdiction: Jurisdiction, version: int) -> RuleSet:
    known = RuleSet.objects.filter(jurisdiction=jurisdiction)
    found = known.filter(version=version).first()
    if found is None:
        there = ", ".join(f"{one.version} ({one.state})" for one in known) or "none yet (load_rules makes one)"
        raise NotFound(f"There is no version {version} of the rules. Known: {there}.")
    return found
