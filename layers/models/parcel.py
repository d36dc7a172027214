from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from layers.models.feature import COPIED, GUARDED, Feature, Shape
from layers.srid import STORAGE_SRID


class Parcel(Feature):
    """A piece of land with a number at the assessor's. Not a street: parcel layers contain those under placeholders."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="parcels", **COPIED)
    parcel_number = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "parcel_number"], name="parcel_number_once")]

    def __str__(self) -> str:
        return self.parcel_number


class ParcelShape(Shape):
    """A parcel's outline and what the assessor says of it. Owner is a class (city, private, utility), never a name."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    situs_address = models.CharField(max_length=200, blank=True)
    land_use = models.CharField(max_length=60, blank=True)
    owner_class = models.CharField(max_length=40, blank=True)
    geom = models.MultiPolygonField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["parcel", "content_hash"], name="parcel_shape_once"),
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="parcel_shape_valid"),
        ]
        indexes = [
            GistIndex("geom", name="parcel_shape_in_force", condition=Q(in_force=True)),
            GistIndex("geom", name="parcel_shape_past", condition=Q(in_force=False)),
        ]
