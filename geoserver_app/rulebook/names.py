"""What desks, departments, agencies and services are called in a language; each kind is read once for a page."""

from __future__ import annotations

from functools import cached_property

from geoserver_app.catalog.models import Service
from geoserver_app.org.models import Agency, Department, Post

NOBODY = "–"


class Names:
    """Names by id; a dash for none."""

    def __init__(self, language: str) -> None:
        self.language = language

    @cached_property
    def _departments(self) -> dict[int, str]:
        return {one.pk: one.name_in(self.language) for one in Department.objects.all()}

    @cached_property
    def _posts(self) -> dict[int, str]:
        posts = Post.objects.select_related("department")
        language = self.language
        return {one.pk: f"{one.department.name_in(language)}: {one.name_in(language)}" for one in posts}

    @cached_property
    def _agencies(self) -> dict[int, str]:
        return {one.pk: one.name_in(self.language) for one in Agency.objects.all()}

    @cached_property
    def _services(self) -> dict[int, str]:
        return {one.pk: one.name_in(self.language) for one in Service.objects.all()}

    def department(self, pk: int | None) -> str:
        return self._departments.get(pk or 0, NOBODY)

    def post(self, pk: int | None) -> str:
        """Department and desk: "Public Works: Streets"."""
        return self._posts.get(pk or 0, NOBODY)

    def desk(self, department: int | None, post: int | None) -> str:
        """The desk, or the department where no desk of it is named."""
        return self.post(post) if post else self.department(department)

    def agency(self, pk: int | None) -> str:
        return self._agencies.get(pk or 0, NOBODY)

    def service(self, pk: int | None) -> str:
        return self._services.get(pk or 0, NOBODY)
