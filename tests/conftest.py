"""Shared by every test: a real PostGIS, and the marks that say what is missing instead of failing oddly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import distribution, examples, one_migrated

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SLOW_S = 900  # a slow test on a busy machine


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real city data; the test says so and is skipped where there is none."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real city data is not here: {REAL_DATA}")
    return REAL_DATA


def pytest_configure(config: pytest.Config) -> None:
    examples.choose(config.option.markexpr or "")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    return distribution.scheduler(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    distribution.order(config, items)
    for item in items:
        if item.get_closest_marker("slow") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(SLOW_S))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None,
    request: pytest.FixtureRequest,
    django_db_keepdb: bool,
) -> None:
    """One of several processes works in a copy of the database that the first of them migrates."""
    if hasattr(request.config, "workerinput") and not django_db_keepdb:
        one_migrated.share()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The test database; before it is dropped, everybody lets go of it.

    A browser's event loop gives Django's connection another owner, who never closes it.
    """
    from django.db import connection

    from geoserver_app.published import reader
    from tests import emptied, quick_passwords, steady

    emptied.instead_of_truncating()
    quick_passwords.instead_of_slow_ones()
    with django_db_blocker.unblock():
        steady.without_autovacuum()
    yield
    reader.close()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity"
            " where datname = current_database() and pid <> pg_backend_pid() and usename = current_user"
        )


@pytest.fixture(autouse=True)
def _plain_static_files(settings: Any) -> None:
    """Templates name static files without a manifest, so that tests need no collectstatic."""
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
