"""What can be looked at in the admin; shapes are loaded from files, never typed in."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from geoserver_app.accounts.roles import Capability
from geoserver_app.admin.scope import Scoped
from layers.models import Edition, Jurisdiction, Kind


class ReadOnly:
    """Nothing to add, change or delete here: `./run manage load_layer` writes it."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False


@admin.register(Jurisdiction)
class JurisdictionAdmin(ReadOnly, Scoped, admin.ModelAdmin):
    path = "pk"
    capability = Capability.EDIT_GEOGRAPHY
    list_display = ("code", "name", "time_zone", "metric_srid", "epoch")
    exclude = ("outline",)


@admin.register(Kind)
class KindAdmin(Scoped, admin.ModelAdmin):
    """Policies of a kind: how overlaps are decided, how far gaps are bridged, whether it is offered on the map."""

    capability = Capability.EDIT_GEOGRAPHY
    list_display = ("code", "jurisdiction", "name", "feature_class", "overlap", "gap_m", "near_border_m", "on_map")
    list_filter = ("jurisdiction", "feature_class")
    readonly_fields = ("jurisdiction", "code", "feature_class", "geometry", "attribute_schema")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Kind | None = None) -> bool:
        return False


@admin.register(Edition)
class EditionAdmin(ReadOnly, Scoped, admin.ModelAdmin):
    path = "kind__jurisdiction"
    capability = Capability.EDIT_GEOGRAPHY
    list_display = ("kind", "seq", "state", "in_force", "is_current", "source", "loaded_at")
    list_filter = ("kind__jurisdiction", "kind__code", "state")
