"""Commands that run as whoever typed them: tests, benchmarks, and Django's own."""

import os
import re
import shutil
import signal
import subprocess
from pathlib import Path

from geoserver_app.machine import installation as steps
from geoserver_app.machine import system_packages
from geoserver_app.machine.account import caller
from geoserver_app.machine.errors import CommandFailed
from geoserver_app.machine.installation import Installation
from geoserver_app.machine.settings_environment import new_secrets

EVERYDAY = "not slow and not realdata"
TEST_PROCESSES = 2
END_PATIENCE_S = 30


def test(clone: Path, words: list[str], *, everything: bool) -> int:
    """Run pytest with the words given; its exit status. Everyday tests only, unless told otherwise (-m)."""
    with steps.ready(clone, tests=True) as ready:
        command = [str(ready.place.python), "-m", "pytest", *pytest_options(words, everything=everything), *words]
        return _run(command, {**ready.environ(caller()), **_test_variables(ready)}, clone)


def bench(clone: Path, words: list[str]) -> int:
    """Run the benchmarks named, or all; their exit status."""
    with steps.ready(clone, tests=True) as ready:
        command = [str(ready.place.python), "-m", "tests.bench", *words]
        return _run(command, {**ready.environ(caller()), **_test_variables(ready)}, clone)


def manage(clone: Path, words: list[str]) -> int:
    """Run a Django command in the caller's folder, with the services' settings; its exit status."""
    with steps.ready(clone) as ready:
        if words[:1] in (["migrate"], ["flush"]):
            steps.migrated(ready.place).clear()
        command = [str(ready.place.python), str(clone / "manage.py"), *words]
        try:
            return _run(command, ready.environ(caller()), Path.cwd())
        finally:
            steps.hand_over_data(ready.place)


def pytest_options(words: list[str], *, everything: bool) -> list[str]:
    """What is added before the caller's own words: two processes and the everyday tests, unless they say otherwise."""
    options = []
    if not any(re.fullmatch(r"-n.*|--numprocesses.*", word) for word in words):
        options += ["-n", str(TEST_PROCESSES), "--dist", "loadfile"]
    if not everything and "-m" not in words:
        options += ["-m", EVERYDAY]
    return options


def _test_variables(ready: Installation) -> dict[str, str]:
    browser, data = system_packages.find_browser(), _folder_for_tests(ready)
    return {
        "SECRET_KEY": new_secrets().secret_key,
        "DEMO": "0",
        "ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
        "DATA_DIR": str(data),
        "STATIC_ROOT": str(data / "static"),
        "ONEMAP_TEST_DB": os.environ.get("ONEMAP_TEST_DB") or ready.place.database_name("test"),
        "ONEMAP_BENCH_DB": os.environ.get("ONEMAP_BENCH_DB") or ready.place.database_name("bench"),
        **({"CHROMIUM": browser} if browser else {}),
    }


def _folder_for_tests(ready: Installation) -> Path:
    """A folder for what tests write, emptied before each run and kept after it to look at."""
    folder = ready.place.state / "test-data"
    if folder.exists():
        shutil.rmtree(folder)
    (folder / "static").mkdir(parents=True)
    return folder


def _run(command: list[str], environ: dict[str, str], folder: Path) -> int:
    """Run a command to its end and pass Ctrl-C and kill on to it, so that the database is stopped after it."""
    try:
        process = subprocess.Popen(command, env=environ, cwd=folder)
    except OSError as error:
        raise CommandFailed(
            f"{command[0]} cannot be started: {error.strerror}. Try ./run reset, then start again."
        ) from error
    before = {
        number: signal.signal(number, lambda got, _: _pass_on(process, got))
        for number in (signal.SIGTERM, signal.SIGHUP)
    }
    try:
        return _waited(process)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _waited(process: "subprocess.Popen[bytes]") -> int:
    """The exit status; Ctrl-C reaches the command by itself, we only wait for its end."""
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            continue
        return code if code >= 0 else 128 - code


def _pass_on(process: "subprocess.Popen[bytes]", number: int) -> None:
    process.send_signal(number)
    try:
        process.wait(END_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
