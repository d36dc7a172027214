"""Editions drawn on squared paper (tests/layers/town.py), and the reports of them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely
from django.contrib.gis.geos import GEOSGeometry
from shapely.geometry.base import BaseGeometry

from layers import loading
from layers.decisions import decisions
from layers.kinds import KindChoice
from layers.models import Edition, Jurisdiction, QualityReport
from layers.quality import report
from tests import factories
from tests.layers import town

Drafted = Callable[..., Edition]


@pytest.fixture
def almendra(db: None) -> Jurisdiction:
    """A jurisdiction whose outline is the square from 0, 0 to 10, 10 on the paper."""
    outline = GEOSGeometry(memoryview(shapely.to_wkb(cornered(town.square(0, 0, 10, 10)))), srid=4326)
    return factories.jurisdiction(outline=outline)


@pytest.fixture
def draft(almendra: Jurisdiction, tmp_path: Path) -> Drafted:
    """Loads features into a draft: draft("beat", features, crosswalk="code: code", invalid=["repair"])."""

    def load(kind: str, features: list[dict[str, Any]], **options: Any) -> Edition:
        path = town.write(tmp_path / f"{kind.replace(':', '_')}.geojson", features)
        words, choice = options.pop("invalid", []), options.pop("choice", None)
        if crosswalk := options.pop("crosswalk", None):
            options["crosswalk"] = tmp_path / "crosswalk.yaml"
            options["crosswalk"].write_text(crosswalk, encoding="utf-8")
        else:
            options.setdefault("code_field", "code")
            if "name" in features[0]["properties"]:
                options.setdefault("name_field", "name")
        told = loading.LoadOptions(invalid=decisions(words), **options)
        done = loading.load(almendra, path, kind=kind, options=told, choice=choice or KindChoice(), commit=True)
        assert done.edition is not None
        return report.edition_of(done.edition)

    return load


def squares(**corners: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Features by code: squares(b1=(0, 0, 5, 10), b2=(5, 0, 10, 10))."""
    return [town.feature(cornered(town.square(*box)), code=code) for code, box in corners.items()]


def cornered(ground: BaseGeometry) -> BaseGeometry:
    """The same with a corner at every unit of the paper: a straight line of degrees bends in the metric plane, and only
    lines with the same corners bend alike."""
    return shapely.segmentize(ground, town.UNIT)


def found(made: QualityReport, code: str) -> list[Any]:
    """The findings of a class, the worst first."""
    return list(made.findings.filter(found=code).order_by("rank"))


def count(made: QualityReport, code: str) -> int:
    """How many of a class there are in all."""
    return int(made.classes.get(code, {}).get("count", 0))
