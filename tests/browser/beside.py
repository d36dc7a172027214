"""A process beside the server under test, with its database and its files: does what offices and workers do there.

Run by ``Beside`` (``python -m tests.browser.beside``) for as long as the server runs, since every start of Django costs
two seconds: reads lines of JSON, ``[module of tests.browser, what is given ...]``, answers each with a line of JSON.
"""

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import IO, Any
from unittest.mock import patch

import django
import pytest

ROOT = Path(__file__).resolve().parents[2]


class Beside:
    """The process, as the tests see it. One that has failed is replaced for the next test."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.environment, self.log = environment, log
        self.process: subprocess.Popen[str] | None = None

    def do(self, what: str, *given: str) -> Any:
        """Calls ``act`` of a module of this folder; what it gives. Fails with the traceback if that fails."""
        process = self.process or self._started()
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps([what, *given]) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            self.end()
            pytest.fail(f"{what} {given}: " + self.log.read_text(errors="replace")[-3000:])
        return json.loads(answer)

    def end(self) -> None:
        """Lets it end; its connections to the database are closed then."""
        process, self.process = self.process, None
        if process is not None and process.stdin and process.stdout:
            process.stdin.close()
            process.wait(timeout=60)
            process.stdout.close()

    def _started(self) -> "subprocess.Popen[str]":
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.beside"], cwd=ROOT, env=self.environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
            )  # fmt: skip
        return self.process


def collect() -> str:
    """Static files with hashed names, as the product has them, but not compressed: that takes twenty seconds."""
    from django.core.management import call_command
    from whitenoise.storage import CompressedManifestStaticFilesStorage

    with patch.object(CompressedManifestStaticFilesStorage, "compress_files", lambda *_: ()):
        call_command("collectstatic", interactive=False, verbosity=0)
    return "done"


def main(answers: IO[str]) -> None:
    """Answers until nobody asks any more; what fails ends the process with its traceback in the log."""
    django.setup()
    for line in sys.stdin:
        name, *given = json.loads(line)
        act = collect if name == "collect" else importlib.import_module(f"tests.browser.{name}").act
        answers.write(json.dumps(act(*given)) + "\n")
        answers.flush()


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")
    # What anybody prints goes to the log: the answers stand alone in the pipe.
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as pipe:
        os.dup2(2, 1)
        main(pipe)
