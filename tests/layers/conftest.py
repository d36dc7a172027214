"""A town for the tests of the import."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from layers.decisions import decisions
from layers.kinds import KindChoice
from layers.loading import LoadOptions, LoadResult, load
from layers.models import Jurisdiction
from tests import factories

Loader = Callable[..., LoadResult]


@pytest.fixture
def almendra(db: None) -> Jurisdiction:
    """A jurisdiction of about 9 x 11 km around lon -119.72, lat 36.00."""
    return factories.jurisdiction()


@pytest.fixture
def load_file(almendra: Jurisdiction) -> Loader:
    """Loads a file into a draft edition: load_file(path, "beat", code_field="code", invalid=["drop"])."""

    def run(
        path: Path, kind: str = "beat", *, choice: KindChoice | None = None, commit: bool = True, **options: Any
    ) -> LoadResult:
        words = options.pop("invalid", [])
        if "crosswalk" not in options:
            options.setdefault("code_field", "code")
        told = LoadOptions(invalid=decisions(words), **options)
        return load(almendra, path, kind=kind, options=told, choice=choice, commit=commit)

    return run
