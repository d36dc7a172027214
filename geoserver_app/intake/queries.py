"""Reads of requests, as predicates that follow the noun: ``ServiceRequest.objects.open().in_area(area)``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.gis.db import models

if TYPE_CHECKING:
    from geoserver_app.intake.models import ServiceRequest  # noqa: F401 - named in the base class
    from layers.models import Area, Jurisdiction

CLOSED = ("closed", "cancelled")


class ServiceRequestQuerySet(models.QuerySet["ServiceRequest"]):
    """Requests, narrowed down. Every predicate is one that an index serves."""

    def of(self, jurisdiction: Jurisdiction) -> ServiceRequestQuerySet:
        return self.filter(jurisdiction=jurisdiction)

    def open(self) -> ServiceRequestQuerySet:
        return self.exclude(state__in=CLOSED)

    def closed(self) -> ServiceRequestQuerySet:
        return self.filter(state__in=CLOSED)

    def public(self) -> ServiceRequestQuerySet:
        return self.filter(is_public=True)

    def in_area(self, area: Area) -> ServiceRequestQuerySet:
        """As filed: the areas that were in force when it was requested."""
        return self.filter(area_ids__contains=[area.pk])

    def overdue(self, at: datetime) -> ServiceRequestQuerySet:
        return self.open().filter(expected_datetime__lt=at)

    def in_review(self) -> ServiceRequestQuerySet:
        return self.filter(in_review=True)

    def newest_first(self) -> ServiceRequestQuerySet:
        return self.order_by("-requested_datetime", "-pk")
