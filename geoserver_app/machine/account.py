"""The unprivileged user that PostgreSQL, the server and the worker run as."""

import grp
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from geoserver_app.machine.errors import CommandFailed
from geoserver_app.machine.say import say

SERVICE_USER = "onemap"


@dataclass(frozen=True)
class Account:
    """A user of this machine; `is_caller` where it is the one who typed the command."""

    name: str
    uid: int
    gid: int
    is_caller: bool

    def command(self, *command: str | Path, dies_with_parent: bool = False) -> list[str]:
        """The command line that runs `command` as this user, ended with its parent where asked."""
        words = [str(word) for word in command]
        options = ["--pdeathsig", "TERM"] if dies_with_parent else []
        if not self.is_caller:
            options += [f"--reuid={self.uid}", f"--regid={self.gid}", "--init-groups"]
        return ["setpriv", *options, "--", *words] if options else words

    def own(self, path: Path, mode: int) -> None:
        """Make a folder (parents too) that belongs to this user with this mode."""
        path.mkdir(parents=True, exist_ok=True)
        if not self.is_caller:
            os.chown(path, self.uid, self.gid)
        path.chmod(mode)

    def write(self, path: Path, text: str) -> None:
        """Write a file as this user: root would follow a link that the user put there."""
        command = self.command("tee", "--", path)
        subprocess.run(command, input=text, text=True, stdout=subprocess.DEVNULL, check=True)

    def can(self, test: str, path: Path) -> bool:
        """Whether this user passes `test FLAG PATH` (-r, -w, -x): asked of the kernel, so that ACLs count too."""
        return subprocess.run(self.command("test", test, path), check=False).returncode == 0


def caller() -> Account:
    """Whoever typed the command."""
    uid = os.geteuid()
    try:
        name = pwd.getpwuid(uid).pw_name
    except KeyError:  # a container may run under a number that has no name
        name = str(uid)
    return Account(name, uid, os.getegid(), is_caller=True)


def existing_service_account() -> Account | None:
    """The user that services run as, or None where root has not made it yet."""
    me = caller()
    if me.uid != 0:
        return me
    try:
        entry = pwd.getpwnam(SERVICE_USER)
    except KeyError:
        return None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, is_caller=False)


def service_account() -> Account:
    """The user that services run as, made first where root starts us: PostgreSQL refuses to run as root."""
    found = existing_service_account()
    if found:
        return found
    say(f"- making the system user {SERVICE_USER}: the database and the server do not run as root")
    group = ["--gid", SERVICE_USER] if _group_exists(SERVICE_USER) else ["--user-group"]
    command = ["useradd", "--system", *group, "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
    made = subprocess.run([*command, SERVICE_USER], capture_output=True, text=True, check=False)
    entry = existing_service_account()
    if entry is None:
        raise CommandFailed(
            f"The system user {SERVICE_USER} could not be made. Make it (useradd --system {SERVICE_USER}) "
            "or run ./run as an ordinary user.",
            made.stderr,
        )
    return entry


def _group_exists(name: str) -> bool:
    try:
        grp.getgrnam(name)
    except KeyError:
        return False
    return True
