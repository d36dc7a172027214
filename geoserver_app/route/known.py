"""What the codes in a rule can mean in one jurisdiction: services, areas, answers, owners; read once for a file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property

from django.db.models import QuerySet

from geoserver_app.catalog.models import Service, ServiceAttribute
from geoserver_app.intake.models import ServiceRequest
from layers.models import Area, AssetShape, Jurisdiction, Kind, ParcelShape


class Known:
    """Look-ups by code; each is read when it is first asked for."""

    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self.jurisdiction = jurisdiction

    @cached_property
    def services(self) -> dict[str, set[int]]:
        """The id of each service, retired ones included, by code."""
        return {code: {service.pk} for code, service in self._by_code.items()}

    @cached_property
    def groups(self) -> dict[str, set[int]]:
        """The ids of the services of each group, by the group's code."""
        found: dict[str, set[int]] = defaultdict(set)
        for code, pk in self._services.values_list("group__code", "pk"):
            found[code].add(pk)
        return dict(found)

    @property
    def _services(self) -> QuerySet[Service]:
        return Service.objects.filter(jurisdiction=self.jurisdiction)

    def service(self, code: str) -> Service | None:
        """A service by its code, or None."""
        return self._by_code.get(code)

    @cached_property
    def _by_code(self) -> dict[str, Service]:
        return {service.code: service for service in self._services}

    def offered(self) -> QuerySet[Service]:
        """The services that can still be chosen."""
        return self._services.filter(retired_on__isnull=True)

    def area(self, kind: str, code: str) -> int | None:
        """The id of an area, or None."""
        return self._areas.get((kind, code))

    @cached_property
    def _areas(self) -> dict[tuple[str, str], int]:
        rows = Area.objects.filter(jurisdiction=self.jurisdiction).exclude(kind__code__in=["building", "right_of_way"])
        return {(kind, code): pk for kind, code, pk in rows.values_list("kind__code", "code", "pk")}

    def answers(self, services: Sequence[int], question: str) -> set[str]:
        """The keys that can be answered to a list question of some services."""
        return {key for service in services for key in self._answers.get((service, question), ())}

    @cached_property
    def _answers(self) -> dict[tuple[int, str], set[str]]:
        rows = ServiceAttribute.objects.filter(
            service__jurisdiction=self.jurisdiction, datatype__in=ServiceAttribute.LISTS
        )
        return {(row.service_id, row.code): {str(value["key"]) for value in row.values} for row in rows}

    def values(self, name: str) -> set[str]:
        """What an entry of a condition may list; empty where the data do not say (no parcels loaded yet)."""
        return self._values[name] if name in self._values else set(getattr(self, f"_{name}"))

    @cached_property
    def _values(self) -> dict[str, set[str]]:
        return {
            "channels": set(ServiceRequest.Channel.values),
            "priority": set(Service.Priority.values),
            "evidence": set(ServiceAttribute.MEANINGS),
        }

    @cached_property
    def _languages(self) -> set[str]:
        hall = getattr(self.jurisdiction, "city_hall", None)
        return set(hall.languages) if hall else set()

    @cached_property
    def _asset_kinds(self) -> set[str]:
        kinds = Kind.objects.filter(jurisdiction=self.jurisdiction, feature_class=Kind.FeatureClass.ASSET)
        return set(kinds.values_list("code", flat=True))

    @cached_property
    def _asset_owners(self) -> set[str]:
        return self._of(AssetShape, "owner_class")

    @cached_property
    def _parcel_owner_classes(self) -> set[str]:
        return self._of(ParcelShape, "owner_class")

    @cached_property
    def _land_uses(self) -> set[str]:
        return self._of(ParcelShape, "land_use")

    def _of(self, shapes: type[AssetShape] | type[ParcelShape], column: str) -> set[str]:
        rows = shapes._default_manager.filter(kind__jurisdiction=self.jurisdiction)
        return set(rows.values_list(column, flat=True).distinct().order_by())
