"""The PostgreSQL installations of this machine that come with PostGIS."""

from dataclasses import dataclass
from pathlib import Path

OLDEST = 15
PROGRAMS = Path("/usr/lib/postgresql")
SHARED = Path("/usr/share/postgresql")
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm", "unaccent", "fuzzystrmatch")


@dataclass(frozen=True)
class Installation:
    """One major version, by its versioned folder: a `postgres` on the path may lack PostGIS."""

    major: int
    programs: Path

    def program(self, name: str) -> Path:
        """The path of initdb, pg_ctl, psql and so on."""
        return self.programs / name


def installed(programs: Path = PROGRAMS, shared: Path = SHARED) -> list[Installation]:
    """The usable installations, newest first: not older than 15, with a server and every extension."""
    found = []
    for folder in programs.glob("*/bin"):
        major = folder.parent.name
        extensions = shared / major / "extension"
        complete = all((extensions / f"{name}.control").is_file() for name in EXTENSIONS)
        if major.isdigit() and int(major) >= OLDEST and complete and (folder / "initdb").is_file():
            found.append(Installation(int(major), folder))
    return sorted(found, key=lambda installation: installation.major, reverse=True)
