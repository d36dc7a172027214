"""Shared by every test: a real PostGIS, and the marks that say what is missing instead of failing oddly."""

from collections.abc import Iterator
from pathlib import Path

import pytest

REAL_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder with real city data; the test says so and is skipped where there is none."""
    if not REAL_DATA.is_dir():
        pytest.skip(f"real city data is not here: {REAL_DATA}")
    return REAL_DATA


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; before it is dropped, the readers of published views let go of it."""
    yield
    from geoserver_app.published import reader

    reader.close()


@pytest.fixture(autouse=True)
def _plain_static_files(settings: object) -> None:
    """Templates name static files without a manifest, so that tests need no collectstatic."""
    settings.STORAGES = {  # type: ignore[attr-defined]
        **settings.STORAGES,  # type: ignore[attr-defined]
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
