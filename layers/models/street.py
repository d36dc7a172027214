from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from layers.models.feature import COPIED, GUARDED, Feature, Shape
from layers.srid import PLANE_SRID, STORAGE_SRID


class Centerline(Feature):
    """A street segment between two corners: the 4500 block of W Olive Ave."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="centerlines", **COPIED)
    segment_id = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "segment_id"], name="centerline_segment_once")]

    def __str__(self) -> str:
        return self.segment_id


class CenterlineShape(Shape):
    """A segment's line, name parts, class and address ranges (left and right as seen along the line)."""

    class RoadClass(models.TextChoices):
        MOTORWAY = "motorway"
        RAMP = "ramp"
        ARTERIAL = "arterial"
        COLLECTOR = "collector"
        LOCAL = "local"
        ALLEY = "alley"
        PATH = "path"

    centerline = models.ForeignKey(Centerline, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    pre_directional = models.CharField(max_length=4, blank=True)
    street_name = models.CharField(max_length=120, blank=True)
    post_type = models.CharField(max_length=20, blank=True)
    post_directional = models.CharField(max_length=4, blank=True)
    full_name = models.CharField(max_length=200, blank=True)
    road_class = models.CharField(max_length=12, choices=RoadClass, default=RoadClass.LOCAL)
    from_address_left = models.IntegerField(null=True)
    to_address_left = models.IntegerField(null=True)
    from_address_right = models.IntegerField(null=True)
    to_address_right = models.IntegerField(null=True)
    zip_left = models.CharField(max_length=10, blank=True)
    zip_right = models.CharField(max_length=10, blank=True)
    geom = models.GeometryField(srid=STORAGE_SRID, spatial_index=False)  # LineString or MultiLineString
    plane = models.GeometryField(srid=PLANE_SRID, spatial_index=False)  # the same in the jurisdiction's metre plane

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["centerline", "content_hash"], name="centerline_shape_once"),
        ]
        indexes = [
            GistIndex("geom", name="centerline_in_force", condition=Q(in_force=True)),
            GistIndex("plane", name="centerline_plane_in_force", condition=Q(in_force=True)),
            GistIndex("plane", name="centerline_plane_past", condition=Q(in_force=False)),
        ]
