from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from layers.models.feature import COPIED, GUARDED, Feature, Shape
from layers.srid import STORAGE_SRID


class AddressPoint(Feature):
    """An address that somebody gave out, with a point: 4512 W Olive Ave, unit 3."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="address_points", **COPIED)
    address_id = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "address_id"], name="address_point_id_once")]

    def __str__(self) -> str:
        return self.address_id


class AddressPointShape(Shape):
    """An address point's place and parts (USPS abbreviations in the parts, as layers.addresses normalizes them)."""

    address_point = models.ForeignKey(AddressPoint, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    address_number = models.IntegerField(null=True)
    number_suffix = models.CharField(max_length=10, blank=True)
    pre_directional = models.CharField(max_length=4, blank=True)
    street_name = models.CharField(max_length=120, blank=True)
    post_type = models.CharField(max_length=20, blank=True)
    post_directional = models.CharField(max_length=4, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    zip_code = models.CharField(max_length=10, blank=True)
    full_address = models.CharField(max_length=250)
    geom = models.PointField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["address_point", "content_hash"], name="address_point_shape_once"),
        ]
        indexes = [GistIndex("geom", name="address_point_in_force", condition=Q(in_force=True))]
