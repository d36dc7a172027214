import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from geoserver_app.accounts.models import Assignment, User
from geoserver_app.accounts.roles import Role
from geoserver_app.org.models import Department, Post
from layers.models import Jurisdiction
from tests.city import areas, jurisdiction_with_office


@pytest.fixture(autouse=True)
def _frame(settings: Any) -> None:
    """A plain frame where the site's own is not there: these tests are about what stands in it."""
    try:
        get_template("base.html")
    except TemplateDoesNotExist:
        changed = copy.deepcopy(settings.TEMPLATES)
        changed[0]["DIRS"].append(Path(__file__).parent / "stand_in")
        settings.TEMPLATES = changed


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> Iterator[None]:
    """Rate limits count in the cache, which a test's end does not undo."""
    cache.clear()
    yield
    cache.clear()


class Town:
    """Almendra with three departments, beats and council districts; ``person`` adds somebody with one assignment."""

    def __init__(self) -> None:
        self.jurisdiction: Jurisdiction = jurisdiction_with_office()
        self.departments = {
            code: Department.objects.create(jurisdiction=self.jurisdiction, code=code, name=code.title())
            for code in ("works", "parking", "animals")
        }
        self.post = Post.objects.create(department=self.departments["works"], code="liaison", name="Liaison")
        self.beats = areas(self.jurisdiction, "beat", "21", "22", "31")
        self.districts = areas(self.jurisdiction, "council_district", "1", "3")

    def person(self, name: str, role: Role | None = None, **scope: Any) -> User:
        user = User.objects.create_user(name, f"{name}@almendra.example", f"{name}-secret")
        if role is not None:
            self.assign(user, role, **scope)
        return user

    def assign(self, user: User, role: Role, **scope: Any) -> Assignment:
        department = scope.pop("department", None)
        jurisdiction = scope.pop("jurisdiction", self.jurisdiction)
        assignment = Assignment(
            user=user, role=role, jurisdiction=jurisdiction, department=self.departments.get(department), **scope
        )
        assignment.full_clean()
        assignment.save()
        return assignment


@pytest.fixture
def town(db: None) -> Town:
    return Town()
