"""A backup is unpacked by every Python that ./run takes, and nothing in it leads out of the folder."""

import io
import tarfile
from pathlib import Path

import pytest

from geoserver_app.machine.backup import _plain_members
from geoserver_app.machine.errors import CommandFailed


def archive(*members: tarfile.TarInfo) -> tarfile.TarFile:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as files:
        for member in members:
            files.addfile(member, io.BytesIO(bytes(member.size)) if member.isfile() else None)
    buffer.seek(0)
    return tarfile.open(fileobj=buffer)


def member(name: str, kind: bytes = tarfile.REGTYPE, **given: object) -> tarfile.TarInfo:
    made = tarfile.TarInfo(name)
    made.type = kind
    for key, value in given.items():
        setattr(made, key, value)
    return made


def test_files_and_folders_come_with_plain_rights(tmp_path: Path) -> None:
    folder, file = member("data", tarfile.DIRTYPE, mode=0o777), member("data/photo.jpg", size=3, mode=0o4777)
    with archive(folder, file) as files:
        found = list(_plain_members(files, tmp_path))
    assert [(one.name, one.mode) for one in found] == [("data", 0o755), ("data/photo.jpg", 0o755)]


@pytest.mark.parametrize(
    "bad",
    [
        member("../outside"),
        member("/etc/outside"),
        member("data/link", tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("data/hard", tarfile.LNKTYPE, linkname="/etc/passwd"),
        member("data/device", tarfile.CHRTYPE),
    ],
    ids=lambda one: one.name,
)
def test_what_leads_out_is_refused(bad: tarfile.TarInfo, tmp_path: Path) -> None:
    with archive(bad) as files, pytest.raises(CommandFailed, match="no file of ours"):
        list(_plain_members(files, tmp_path))
