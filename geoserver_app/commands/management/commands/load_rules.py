"""load_rules: who gets what, from a YAML file, as a new draft."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from geoserver_app.commands.choice import add_jurisdiction_option, chosen_jurisdiction
from geoserver_app.commands.door import OneMapCommand
from geoserver_app.commands.rehearsal import add_commit_option, last_line, rehearsal
from geoserver_app.route.loading import load_rules


class Command(OneMapCommand):
    help = "Loads rules (docs/dispatch/rules.md) as a new draft; activate_rules puts it in force."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        add_jurisdiction_option(parser)
        add_commit_option(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        jurisdiction = chosen_jurisdiction(options)
        with rehearsal(options["commit"]):
            loaded = load_rules(options["file"], jurisdiction, at=timezone.now())
        self.stdout.write(f"draft {loaded.rule_set.version}: {loaded.defaults} defaults, {loaded.rules} rules")
        self.stdout.write(last_line(options["commit"]))
