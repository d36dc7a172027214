"""The environment variables that each process of the product is started with."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from geoserver_app.machine.account import Account
from geoserver_app.machine.own_server import read_variables
from geoserver_app.machine.place import Place

DATABASE = "onemap"
TEMPLATE = "onemap_template"
DEMO_JURISDICTION = "almendra"

# What an operator may set; the services get these and nothing else of the environment of root.
SETTINGS = (
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_URL",
    "DATA_DIR",
    "DEFAULT_JURISDICTION",
    "EMAIL_FROM",
    "EMAIL_HOST",
    "EMAIL_PASSWORD",
    "EMAIL_PORT",
    "EMAIL_SECURITY",
    "EMAIL_USER",
    "GDAL_LIBRARY_PATH",
    "GEOS_LIBRARY_PATH",
    "HTTPS",
    "LOG_LEVEL",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
    "OIDC_SERVER_URL",
    "OPEN311_CREATED_STATUS",
    "OPEN311_INSIDE_HOSTS",
    "OPEN311_READS_PER_ADDRESS",
    "OUTSIDE_GEOCODER",
    "OUTSIDE_GEOCODER_SECONDS",
    "OUTSIDE_GEOCODER_URL",
    "OWNER_DATABASE_URL",
    "PHOTOS_PER_ADDRESS",
    "PUBLIC_URL",
    "PUBLISHED_DATABASE_URL",
    "PULL_DIR",
    "REPORTS_PER_ADDRESS",
    "SECRET_KEY",
    "STATIC_ROOT",
    "TILE_MEMORY_MB",
    "TRUSTED_PROXIES",
    "UPLOAD_LIMIT_MB",
)
_FROM_THE_MACHINE = ("PATH", "LANG", "LC_ALL", "TZ", "TERM", "SSL_CERT_FILE", "SSL_CERT_DIR", "PYTHONUNBUFFERED")


@dataclass(frozen=True)
class Secrets:
    """Generated once per installation and kept in a file that only its maker can read."""

    secret_key: str
    superuser_password: str
    owner_password: str
    app_password: str
    reader_password: str

    def lines(self) -> str:
        """The file's content, NAME=value."""
        return "".join(f"{name.upper()}={value}\n" for name, value in vars(self).items())


def new_secrets() -> Secrets:
    """Fresh ones from the system's random source, 64 letters, digits, - and _ each."""
    return Secrets(*(secrets.token_urlsafe(48) for _ in range(5)))


def load_secrets(path: Path) -> Secrets:
    """The secrets in a file (0600), made first where it is not there or a first run was cut off while writing it."""
    known = read_variables(path)
    fresh = new_secrets()
    found = Secrets(**{name: known.get(name.upper()) or value for name, value in vars(fresh).items()})
    if found.lines() != (path.read_text() if path.exists() else ""):
        _write_private(path, found.lines())
    return found


def database_url(role: str, password: str, host: str | Path, database: str = DATABASE) -> str:
    """A libpq address for a role on a socket folder."""
    return (
        f"postgresql://{quote(role)}:{quote(password, safe='')}@/{database}?{urlencode({'host': str(host)}, safe='/')}"
    )


def named_settings(variables: Mapping[str, str]) -> dict[str, str]:
    """Those of the operator's variables that are settings of ours."""
    return {name: variables[name] for name in SETTINGS if variables.get(name)}


def private_variables(place: Place, known: Secrets, variables: Mapping[str, str]) -> dict[str, str]:
    """The settings for the private database of this clone, with what the operator set (DEMO=0: without the demo)."""
    return {
        "DEFAULT_JURISDICTION": DEMO_JURISDICTION,
        **named_settings(variables),
        "SECRET_KEY": known.secret_key,
        "DATABASE_URL": database_url("onemap_app", known.app_password, place.sockets),
        "OWNER_DATABASE_URL": database_url("onemap_owner", known.owner_password, place.sockets),
        "PUBLISHED_DATABASE_URL": database_url("published_reader", known.reader_password, place.sockets),
        "ONEMAP_PRIVATE_DATABASE": "1",
        "ONEMAP_TEMPLATE_DB": TEMPLATE,
        "DATA_DIR": str(place.data),
        "STATIC_ROOT": str(place.static),
        "DEMO": variables.get("DEMO") or "1",
    }


def for_process(
    runner: Account, place: Place, ours: Mapping[str, str], environ: Mapping[str, str] = os.environ
) -> dict[str, str]:
    """The whole environment of a process run by `runner`: the caller's own, or for a service of root's a short list.

    Variables of libpq (PGHOST, PGUSER, PGOPTIONS ...) never pass: they would bend a connection elsewhere.
    """
    if runner.is_caller:
        base = {name: value for name, value in environ.items() if not name.startswith("PG") and name != "PYTHONPATH"}
    else:
        base = {name: environ[name] for name in (*_FROM_THE_MACHINE, *SETTINGS) if name in environ}
        base["HOME"] = str(place.data)
    code = place.clone if runner.is_caller else place.code
    return {
        "LANG": "C.UTF-8",
        **base,
        **ours,
        "PYTHONPATH": str(code),
        "DJANGO_SETTINGS_MODULE": "geoserver_app.settings",
    }


def _write_private(path: Path, text: str) -> None:
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
    draft.replace(path)
