"""`./run stop` and `./run reset`."""

import shutil
import sys
from pathlib import Path

from geoserver_app.machine import cluster, processes
from geoserver_app.machine.errors import MachineError
from geoserver_app.machine.place import Place, existing_place
from geoserver_app.machine.say import say

STOP_PATIENCE_S = 60.0


def stop(clone: Path) -> int:
    """Stop the server, the worker and the private database of this clone, whoever started them; 0 also if none ran."""
    place = existing_place(clone)
    say("Stopped." if place and stop_all(place) else "Nothing is running.")
    return 0


def reset(clone: Path, *, confirmed: bool) -> int:
    """Delete the private database and everything else that ./run made for this clone; asks first."""
    place = existing_place(clone)
    if place is None:
        say("There is nothing to delete: this clone was not set up.")
        return 0
    if not confirmed and not _agreed(place):
        say("Nothing was deleted.")
        return 1
    stop_all(place)
    for folder in (place.state, place.venv, place.sockets):
        if folder.is_symlink():
            folder.unlink()
        elif folder.exists():
            shutil.rmtree(folder)
    say(f"Deleted {place.state}, {place.venv} and {place.sockets}. System packages stay; ./run sets up again.")
    return 0


def stop_all(place: Place) -> bool:
    """Stop what runs of this clone; whether anything did."""
    found = processes.recall(place.run_note)
    if found:
        processes.end([found[0]], STOP_PATIENCE_S)
    return cluster.stop_server(place.cluster) or found is not None


def _agreed(place: Place) -> bool:
    if not sys.stdin.isatty():
        raise MachineError(
            "This deletes the private database with everything in it. To do so unasked: ./run reset --yes"
        )
    say(f"This deletes the private database of {place.clone} with everything in it ({place.state}).")
    return input("Delete it? [y/N] ").strip().lower() in {"y", "yes"}
