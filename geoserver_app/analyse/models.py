from typing import Any

from django.db import models
from django.db.models import Q

# Rows of parcels come and go by the hundred thousand with editions; these follow the epoch, not the rows.
_OF_LAYERS: dict[str, Any] = {"on_delete": models.CASCADE, "db_constraint": False, "related_name": "+"}


class Lot(models.Model):
    """A parcel that is not a place of its own: a unit stacked on a condominium's ground, or a street numbered as one.

    ``ground`` is the parcel that stands for the place (of a stack that with the lowest number, itself included) and
    none for a street. Only these exceptions have rows: whatever parcel has none is its own place. Computed from the
    editions in force; never edited.
    """

    parcel = models.OneToOneField("layers.Parcel", primary_key=True, **_OF_LAYERS)
    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    ground = models.ForeignKey("layers.Parcel", null=True, db_index=False, **_OF_LAYERS)
    units = models.IntegerField(default=1)  # parcels on this very ground

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ground__isnull=True) | Q(units__gt=1), name="lot_is_an_exception")
        ]

    def __str__(self) -> str:
        return f"{self.parcel_id} on {self.ground_id}"


class LotsAsOf(models.Model):
    """The epoch of a jurisdiction's editions that its lots were computed from."""

    jurisdiction = models.OneToOneField(
        "layers.Jurisdiction", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    epoch = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.jurisdiction_id} at {self.epoch}"
