"""Limits administration pages to the jurisdictions in which somebody may set things up."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey, Model, QuerySet
from django.http import HttpRequest

from geoserver_app.accounts.doors import request_rights
from geoserver_app.accounts.roles import Capability


class Scoped(admin.options.BaseModelAdmin):
    """Rows, and the choices of every list, of one's own jurisdictions only. ``path`` leads from a row to its own."""

    path = "jurisdiction"
    capability = Capability.MANAGE_PEOPLE

    def jurisdictions(self, request: HttpRequest) -> frozenset[int]:
        """Ids of the jurisdictions in which this person may do this."""
        return request_rights(request).jurisdictions(self.capability)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        found: QuerySet[Any] = super().get_queryset(request)
        return found.filter(**{f"{self.path}__in": self.jurisdictions(request)})

    def formfield_for_foreignkey(self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any) -> Any:
        chosen_from = db_field.related_model
        limited = None if isinstance(chosen_from, str) else limit(chosen_from, self.jurisdictions(request))
        if limited is not None:
            kwargs["queryset"] = limited
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


# How the tables that are chosen from lead to their jurisdiction.
_PATHS = {"Jurisdiction": "pk", "CityHall": "jurisdiction", "Post": "department__jurisdiction"}


def limit(model: type[Model], jurisdictions: frozenset[int]) -> QuerySet[Any] | None:
    """The rows of a model that belong to some jurisdictions; None where the model belongs to none."""
    path = _PATHS.get(model.__name__, "jurisdiction")
    try:
        model._meta.get_field(path.partition("__")[0] if path != "pk" else model._meta.pk.name)
    except FieldDoesNotExist:
        return None
    return model._default_manager.filter(**{f"{path}__in": jurisdictions})


class NeverDeleted:
    """Nothing to delete here: rows are retired or set inactive, because requests name them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
