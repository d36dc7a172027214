"""What every command shares: one message on stderr and exit 1 for bad input, exit 2 for wrong usage."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from layers.errors import OneMapError


class OneMapCommand(BaseCommand):
    """A command whose errors of ours end it with exit status 1 and their message, never a stack trace."""

    requires_system_checks: list[str] = []

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except OneMapError as error:
            if not self._called_from_command_line:
                raise
            self.stderr.write(str(error))
            sys.exit(1)

    def run_from_argv(self, argv: list[str]) -> None:
        self._called_from_command_line = True
        super().run_from_argv(argv)
