"""The command line of ./run."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from geoserver_app.machine import backup, caller_commands, container, serve, stopping
from geoserver_app.machine.errors import MachineError, WrongUsage
from geoserver_app.machine.place import CLONE
from geoserver_app.machine.say import say, warn

USAGE = """\
./run                      set up what is missing, then serve the demo city on 127.0.0.1:8000 until Ctrl-C
                           (HOST=..., PORT=... for another address; onemap.env or DATABASE_URL for your own server)
./run test [ARG ...]       the everyday tests; arguments go to pytest
./run test-all [ARG ...]   all tests, with the slow ones and those on real data
./run bench [NAME ...] [--full]
                           the benchmarks
./run stop                 stop the server, the worker and the private database
./run reset [--yes]        delete the private database and all else that ./run made here
./run backup FOLDER        write the private database and the files to a folder
./run restore FOLDER --yes replace them by those of a backup
./run manage COMMAND ...   a Django command in the right environment
./run doctor               check what goes wrong most often
./run help                 this text

For containers and administrators (python3 -m geoserver_app.machine ...):
  install-system [--database] [--program] [--tests] | install-program | new-secrets | database | migrate | server |
  worker | django COMMAND | database-answers | database-dump | server-answers"""

Command = Callable[[list[str]], int]


def main(words: list[str]) -> int:
    """Run one command; exit status 0 = done, 1 = something is in the way (said on stderr), 2 = wrong usage."""
    os.environ.pop("PYTHONPATH", None)  # ours; programs that we start get their own
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # leave as tidily as after Ctrl-C
    try:
        return _command(words[:1])(words[1:])
    except WrongUsage as error:
        warn(f"./run: {error}")
        return 2
    except MachineError as error:
        warn(f"./run: {error}")
        return 1
    except KeyboardInterrupt:
        warn("./run: interrupted; start again to go on where it stopped")
        return 130


def _command(name: list[str]) -> Command:
    commands: dict[str, Command] = {
        "": _nothing_more(lambda: serve.serve(CLONE)),
        "test": lambda words: caller_commands.test(CLONE, words, everything=False),
        "test-all": lambda words: caller_commands.test(CLONE, words, everything=True),
        "bench": lambda words: caller_commands.bench(CLONE, words),
        "stop": _nothing_more(lambda: stopping.stop(CLONE)),
        "reset": _reset,
        "backup": _backup,
        "restore": _restore,
        "manage": lambda words: caller_commands.manage(CLONE, words),
        "doctor": lambda words: caller_commands.manage(CLONE, ["doctor", *words]),
        "help": _nothing_more(_help),
        **container.COMMANDS,
    }
    asked = {"-h": "help", "--help": "help"}.get("".join(name), "".join(name))
    if asked not in commands:
        raise WrongUsage(f"There is no command {asked!r}.\n{USAGE}")
    return commands[asked]


def _reset(words: list[str]) -> int:
    if words not in ([], ["--yes"]):
        raise WrongUsage(f"reset takes --yes or nothing, not {' '.join(words)!r}.")
    return stopping.reset(CLONE, confirmed=words == ["--yes"])


def _backup(words: list[str]) -> int:
    if len(words) != 1:
        raise WrongUsage("backup takes a folder to write to: ./run backup FOLDER")
    return backup.backup(CLONE, Path(words[0]).absolute())


def _restore(words: list[str]) -> int:
    folders = [word for word in words if word != "--yes"]
    if len(folders) != 1:
        raise WrongUsage("restore takes the folder of a backup: ./run restore FOLDER [--yes]")
    return backup.restore(CLONE, Path(folders[0]).absolute(), confirmed="--yes" in words)


def _help() -> int:
    say(USAGE)
    return 0


def _nothing_more(act: Callable[[], int]) -> Command:
    def command(words: list[str]) -> int:
        if words:
            raise WrongUsage(f"this command takes no arguments, not {' '.join(words)!r}. See ./run help")
        return act()

    return command
