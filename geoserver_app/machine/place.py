"""Where one clone keeps what it makes: data, sockets, virtual environment, logs."""

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.machine.account import Account, existing_service_account
from geoserver_app.machine.errors import MachineError, WrongOwner

CLONE = Path(__file__).resolve().parents[2]
SYSTEM_STATE = Path("/var/lib")
LONGEST_SOCKET_PATH = 107  # bytes: sun_path of unix(7), less the closing zero
SOCKET_FILE = ".s.PGSQL.5432"


@dataclass(frozen=True)
class Place:
    """The folders of one clone. `code` is what the services run: the clone, or a copy where they cannot read it."""

    clone: Path
    state: Path
    venv: Path
    sockets: Path
    account: Account
    copied: bool

    @property
    def code(self) -> Path:
        return self.state / "code" if self.copied else self.clone

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def cluster(self) -> Path:
        return self.state / "cluster"

    @property
    def data(self) -> Path:
        return self.state / "data"

    @property
    def static(self) -> Path:
        return self.state / "static"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def run(self) -> Path:
        return self.state / "run"

    @property
    def run_note(self) -> Path:
        """Where a running ./run notes itself and its address."""
        return self.run / "run.json"

    @property
    def stamps(self) -> Path:
        return self.state / "stamps"

    @property
    def env_file(self) -> Path:
        return self.state / "env"

    def database_name(self, purpose: str) -> str:
        """A database name of this clone's own (purpose: test, bench), so that two clones can share a server."""
        return f"{purpose}_onemap_{short_hash(self.clone)}"


def short_hash(clone: Path) -> str:
    """Eight hex digits that tell two clones apart."""
    return hashlib.sha256(os.fsencode(clone)).hexdigest()[:8]


def find_place(clone: Path, account: Account) -> Place:
    """Where this clone keeps its things; nothing is made yet."""
    name = f"onemap-{short_hash(clone)}"
    inside, outside = clone / ".onemap", SYSTEM_STATE / name
    copied = not account.is_caller and (outside.exists() or not reads_clone(account, clone))
    if copied:
        return Place(clone, outside, outside / "venv", sockets_folder(name, account), account, copied=True)
    _refuse_other_owner(inside)
    return Place(clone, inside, clone / ".venv", sockets_folder(name, account), account, copied=False)


def existing_place(clone: Path) -> Place | None:
    """Where this clone keeps its things, None where nothing was set up yet."""
    account = existing_service_account()
    place = find_place(clone, account) if account else None
    return place if place and place.state.exists() else None


def reads_clone(account: Account, clone: Path) -> bool:
    """Whether the service user can read the code where it is (root's home is closed to it; a strict umask, too)."""
    return account.can("-r", clone / "geoserver_app" / "machine" / "dba.sql") and account.can("-x", clone)


def sockets_folder(name: str, account: Account) -> Path:
    """A short folder for the database's socket: a deep clone would pass the 107 bytes that a socket's path may have."""
    parent = Path("/tmp") if account.is_caller else Path("/run")  # noqa: S108  (checked: ours, 0700, no link)
    folder = parent / name
    if len(os.fsencode(folder / SOCKET_FILE)) > LONGEST_SOCKET_PATH:
        raise MachineError(f"The socket path {folder / SOCKET_FILE} is longer than {LONGEST_SOCKET_PATH} bytes.")
    return folder


def make_folders(place: Place) -> None:
    """Make the state folders with their owners; harmless where they are there."""
    try:
        place.state.mkdir(parents=True, exist_ok=True)
        place.state.chmod(0o755)
        for folder, mode in ((place.logs, 0o755), (place.run, 0o700), (place.stamps, 0o755)):
            folder.mkdir(exist_ok=True)
            folder.chmod(mode)
        place.account.own(place.logs / "postgresql", 0o700)
        place.account.own(place.data, 0o750)
        place.account.own(place.static, 0o755)
    except PermissionError as error:
        raise WrongOwner(
            f"{error.filename} cannot be written by this user. Run ./run as the owner of {place.clone}, "
            "or clone the repository again as yourself."
        ) from error
    make_sockets_folder(place)


def make_sockets_folder(place: Place) -> None:
    """Make the socket's folder, closed to others; one that somebody else made there first is refused."""
    folder = place.sockets
    if not folder.exists() and not folder.is_symlink():
        place.account.own(folder, 0o700)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != place.account.uid:
        raise WrongOwner(
            f"{folder} is needed for the database's socket, but it belongs to another user (uid {found.st_uid}). "
            f"Have it removed (sudo rm -r {folder}) and start again."
        )
    folder.chmod(0o700)


def _refuse_other_owner(state: Path) -> None:
    """WrongOwner where another user set this clone up: half of the files would belong to each."""
    if not state.exists():
        return
    owner, me = state.stat().st_uid, os.geteuid()
    if owner != me:
        raise WrongOwner(
            f"This clone was set up by another user (uid {owner}; you are uid {me}): {state} is theirs. "
            "Run ./run as that user, or clone the repository again as yourself."
        )
