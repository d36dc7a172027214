"""`./run`: everything up, and kept up until Ctrl-C or `./run stop`."""

import os
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from geoserver_app.machine import installation as steps
from geoserver_app.machine import own_server, ports, processes
from geoserver_app.machine.cluster import Cluster, postmaster
from geoserver_app.machine.errors import MachineError
from geoserver_app.machine.installation import Installation
from geoserver_app.machine.place import Place, existing_place
from geoserver_app.machine.say import say
from geoserver_app.machine.supervisor import Child, Supervisor, service_child

DEMO_LOGINS = ("agent", "dispatcher", "liaison", "deputy", "council", "planner", "gis", "manager", "admin")
SERVER_WORKERS = 2
SERVER_THREADS = 4
READY_PATIENCE_S = 60.0
DATABASE_PAUSE_S = 10.0
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # HTTP_PROXY is not for our own address


class AlreadyRunning(Exception):
    """Another ./run of this clone serves already; the message is its address."""


def serve(clone: Path) -> int:
    """Set up what is missing, then serve in the foreground; 0 when stopped, or where it runs already."""
    started = time.monotonic()
    try:
        _refuse_second(clone)
        variables = own_server.configuration(clone)
        if variables.get("PORT"):
            ports.reserve(variables).close()  # one that cannot be had is said now, not after minutes of setting up
        reserved: list[ports.Reservation] = []
        with steps.ready(clone, prepare=lambda ready: reserved.append(_prepare(ready, variables))) as ready:
            _serve(ready, reserved[0].address, started)
    except AlreadyRunning as running:
        say(f"One Map City Hall is running already: {running}   (./run stop ends it)")
        return 0
    say("stopped")
    return 0


def _prepare(ready: Installation, variables: dict[str, str]) -> ports.Reservation:
    """Bring the database and the static files up, take a port and note it, all under the set-up lock."""
    _refuse_second(ready.place.clone)
    _note(ready.place, url="")  # so that ./run stop finds us from now on
    steps.migrate(ready)
    steps.collect_static(ready)
    if ready.settings.get("DEMO") == "1":
        steps.load_demo_city(ready)
    reserved = ports.reserve(variables)
    _note(ready.place, url=reserved.address.url)
    return reserved


def _note(place: Place, url: str) -> None:
    me = processes.identify(os.getpid())
    if me is None:
        raise MachineError("/proc is not mounted: processes cannot be told apart. Mount it (mount -t proc proc /proc).")
    processes.remember(place.run_note, me, url=url)


def _refuse_second(clone: Path) -> None:
    running = running_address(clone)
    if running:
        raise AlreadyRunning(running)


def running_address(clone: Path) -> str | None:
    """The address that another ./run of this clone serves on, None where none runs or it is still setting up."""
    place = existing_place(clone)
    found = processes.recall(place.run_note) if place else None
    return str(found[1]["url"]) or None if found else None


def allowed_hosts(host: str) -> str:
    """Names that a browser may call this server by, where ALLOWED_HOSTS does not say."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host not in {"127.0.0.1", "localhost", "::1"}:
        names += [host, socket.gethostname()]
    return ",".join(dict.fromkeys(name for name in names if name not in {"0.0.0.0", "::"}))  # noqa: S104  (no name)


def children(ready: Installation, address: ports.Address) -> list[Child]:
    """The server and the worker, neither with the log-in that owns the tables."""
    place = ready.place
    named = {"ALLOWED_HOSTS": allowed_hosts(address.host), "PUBLIC_URL": address.url.rstrip("/")}
    environ = {**named, **ready.environ(place.account)}
    environ.pop("OWNER_DATABASE_URL", None)
    return [
        service_child(place, "server", server_command(place, address), environ),
        service_child(place, "worker", worker_command(place), environ),
    ]


def server_command(place: Place, address: ports.Address) -> list[str]:
    """The command line of the WSGI server."""
    return [
        str(place.venv / "bin" / "granian"), "--interface", "wsgi", "--host", address.host, "--port", str(address.port),
        "--workers", str(SERVER_WORKERS), "--blocking-threads", str(SERVER_THREADS), "--no-ws",
        "--respawn-failed-workers", "--workers-kill-timeout", "10", "--log-level", "warning",
        "geoserver_app.wsgi:application",
    ]  # fmt: skip


def worker_command(place: Place) -> list[str]:
    """The command line of the worker that does what pages do not wait for."""
    return [
        str(place.python), "manage.py", "procrastinate", "worker", "--concurrency", "2",
        "--shutdown-graceful-timeout", "10",
    ]  # fmt: skip


class DatabaseKeeper:
    """Starts the private database again when it was killed under the server."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._postmaster = postmaster(cluster.folder)
        self._try_again_at = 0.0

    def look_after(self, now: float) -> None:
        """Start the database where it has ended; what stands in the way is said, and tried again ten seconds later."""
        if (self._postmaster and self._postmaster.alive()) or now < self._try_again_at:
            return
        say("the database ended; starting it again")
        self._try_again_at = now + DATABASE_PAUSE_S
        try:
            self._cluster.start()
        except MachineError as error:
            say(str(error))
        self._postmaster = postmaster(self._cluster.folder)


def _serve(ready: Installation, address: ports.Address, started: float) -> None:
    supervisor = Supervisor(children(ready, address), *([DatabaseKeeper(ready.cluster)] if ready.cluster else []))
    try:
        supervisor.start()
        if _wait_ready(address, supervisor):
            _greet(ready, address, time.monotonic() - started)
        supervisor.watch()
        say("stopping ...")
    finally:
        supervisor.stop()
        ready.place.run_note.unlink(missing_ok=True)


def _wait_ready(address: ports.Address, supervisor: Supervisor) -> bool:
    """Wait until pages are served; false where told to stop, or where it does not come up (the log says why)."""
    until = time.monotonic() + READY_PATIENCE_S
    while not supervisor.stopping:
        if answers(address):
            return True
        if time.monotonic() > until:
            say(f"The server does not answer on {address.url} after {READY_PATIENCE_S:.0f} s; still trying.")
            return False
        supervisor.look_after()
        time.sleep(0.2)
    return False


def answers(address: ports.Address) -> bool:
    """Whether the server says that it is healthy."""
    headers = {"Host": f"localhost:{address.port}", "X-Forwarded-Proto": "https"}  # HTTPS=1 would send us elsewhere
    request = urllib.request.Request(address.url + "healthz", headers=headers)  # noqa: S310  (our own address)
    try:
        with _DIRECTLY.open(request, timeout=2) as answer:
            return bool(answer.status == 200)
    except urllib.error.HTTPError as error:
        return error.code < 500  # up, but told by ALLOWED_HOSTS to answer to another name
    except OSError:
        return False


def _greet(ready: Installation, address: ports.Address, seconds: float) -> None:
    say()
    say(f"One Map City Hall is at {address.url}   (ready after {seconds:.0f} s)")
    if ready.settings.get("DEMO") == "1":
        say(f"Demo log-ins for {address.url}console/ (the password of NAME is NAME-demo): {', '.join(DEMO_LOGINS)}")
        if address.host not in {"127.0.0.1", "localhost", "::1"}:
            say(
                "Everybody who reaches this machine can use these demo log-ins: show the demo to people you trust only."
            )
    say(f"Logs: {ready.place.logs}   Stop: Ctrl-C, or ./run stop")
