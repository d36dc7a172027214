"""The areas that have a page of their own: neighborhoods and block-watch groups, by the slug in their address."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from geoserver_app.maps.contents import ListedArea, listed, spoken
from layers.errors import NotFound
from layers.models import Area, AreaShape, Jurisdiction, Kind


@dataclass(frozen=True)
class Pages:
    """The pages of one kind of area; ``name`` is that of their addresses (NAME, NAME_sheet, ...)."""

    kind: str
    name: str
    index: str
    title: str | Promise
    every: str | Promise
    none: str | Promise


NEIGHBORHOODS = Pages(
    "neighborhood", "neighborhood", "neighborhoods", gettext_lazy("Neighborhoods"), gettext_lazy("All neighborhoods"),
    gettext_lazy("No neighborhoods are loaded yet."),
)  # fmt: skip
BLOCK_WATCH = Pages(
    "block_watch", "block_watch", "block_watches", gettext_lazy("Block-watch groups"),
    gettext_lazy("All block-watch groups"), gettext_lazy("No block-watch groups are loaded yet."),
)  # fmt: skip


@dataclass(frozen=True)
class Place:
    """An area with its page: what lists show of it, its id, and its shape in force (SRID 4326)."""

    jurisdiction: Jurisdiction
    pages: Pages
    area: ListedArea
    pk: int
    shape: AreaShape

    @property
    def filter(self) -> str:
        """The area as a filter of list, map and feeds names it."""
        return f"{self.pages.kind}:{self.area.code}"

    @property
    def meets(self) -> str:
        """When the group meets, in the page's language where the city has said it in that."""
        return spoken(self.area.attributes, "meets")

    @property
    def picture_name(self) -> str:
        return f"{self.pages.name}_picture"

    @property
    def pdf_name(self) -> str:
        return f"{self.pages.name}_pdf"

    @property
    def offline_name(self) -> str:
        return f"{self.pages.name}_offline"


def all_of(jurisdiction: Jurisdiction, pages: Pages) -> tuple[ListedArea, ...]:
    """The areas in force, by name; none where the city has not loaded any."""
    kind = Kind.objects.filter(jurisdiction=jurisdiction, code=pages.kind).first()
    return listed(kind) if kind else ()


def find(jurisdiction: Jurisdiction, pages: Pages, slug: str) -> Place:
    """The area with a slug; NotFound where none has it today."""
    area = next((one for one in all_of(jurisdiction, pages) if one.slug == slug), None)
    if area is None:
        raise NotFound(_("There is no page “%(slug)s”. The list has all of them.") % {"slug": slug[:60]})
    pk = Area.objects.values_list("pk", flat=True).get(jurisdiction=jurisdiction, kind__code=pages.kind, code=area.code)
    return Place(jurisdiction, pages, area, pk, AreaShape.objects.get(area_id=pk, in_force=True))
