"""Reads settings from the environment, with one plain sentence where something is missing or wrong."""

import importlib.util
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

SHORTEST_SECRET = 32


def text(name: str, default: str = "") -> str:
    """The value of an environment variable, or the default."""
    return os.environ.get(name, default).strip()


def required(name: str, why: str) -> str:
    """The value of a variable that nothing works without; ImproperlyConfigured where it is missing or empty."""
    value = text(name)
    if not value:
        raise ImproperlyConfigured(
            f"{name} is not set: {why} Start with ./run (it sets everything), or set it in the environment."
        )
    return value


def secret() -> str:
    """SECRET_KEY, refused when it is missing or too short to be one."""
    value = required("SECRET_KEY", "it signs sessions and links, and has no default.")
    if len(value) < SHORTEST_SECRET:
        raise ImproperlyConfigured(
            f"SECRET_KEY has {len(value)} characters, at least {SHORTEST_SECRET} are needed. "
            'Make one: python3 -c "import secrets; print(secrets.token_urlsafe(48))"'
        )
    return value


def switch(name: str) -> bool:
    """True for 1, false for 0 or nothing; anything else is refused."""
    value = text(name, "0")
    if value not in {"0", "1"}:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be 0 or 1.")
    return value == "1"


def choice(name: str, choices: tuple[str, ...]) -> str:
    """One of several words; the first where nothing is set."""
    value = text(name) or choices[0]
    if value not in choices:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be one of: {', '.join(choices)}.")
    return value


def port(name: str, default: int) -> int:
    """The number of a port."""
    value = text(name, str(default))
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be the number of a port, 1 to 65535.")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """The parts of a comma-separated variable, blanks dropped."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def number(name: str, default: str = "0") -> int:
    """A count, zero or more; anything else is refused."""
    value = text(name, default)
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} is {value!r}, but must be a whole number, zero or more.")
    return int(value)


def openid_connect() -> dict[str, Any]:
    """allauth's providers: the directory named by OIDC_SERVER_URL, or none. All three of its settings or none."""
    names = ("OIDC_SERVER_URL", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
    values = [text("OIDC_SERVER_URL"), text("OIDC_CLIENT_ID"), text("OIDC_CLIENT_SECRET")]
    if not any(values):
        return {}
    if not all(values):
        missing = ", ".join(name for name, value in zip(names, values, strict=True) if not value)
        raise ImproperlyConfigured(f"Log-in through the city's directory needs {missing} too, or none of {names}.")
    app = {
        "provider_id": "directory",
        "name": text("OIDC_NAME", "City directory"),
        "client_id": values[1],
        "secret": values[2],
        "settings": {"server_url": values[0], "oauth_pkce_enabled": True},
    }
    return {"openid_connect": {"APPS": [app]}}


def openid_connect_origin() -> list[str]:
    """Scheme and host of the directory, for the content security policy; empty where there is none."""
    parts = urlsplit(text("OIDC_SERVER_URL"))
    return [f"{parts.scheme}://{parts.netloc}"] if parts.netloc else []


def database(name: str, why: str) -> dict[str, Any]:
    """A Django database configuration out of a postgresql:// address in a variable."""
    config: dict[str, Any] = dict(
        dj_database_url.parse(required(name, why), engine="django.contrib.gis.db.backends.postgis", conn_max_age=600)
    )
    # `?host=/socket/folder` is libpq's way of naming a socket; Django wants it in HOST.
    options = config.setdefault("OPTIONS", {})
    if "host" in options:
        config["HOST"] = options.pop("host")
    if "port" in options:
        config["PORT"] = options.pop("port")
    config["CONN_HEALTH_CHECKS"] = True
    return config


def wheel_library(package: str, pattern: str) -> str | None:
    """The path of a shared library inside an installed wheel (``pyogrio.libs/libgdal-*``), or None.

    GeoDjango then runs on the very GDAL and GEOS of pyogrio and shapely: one of each in the process.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        return None
    found = sorted(Path(spec.origin).parent.with_name(f"{package}.libs").glob(pattern))
    return str(found[0]) if found else None
