from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

from layers.models.feature import COPIED, GUARDED, Feature, Shape
from layers.srid import PLANE_SRID, STORAGE_SRID


class Area(Feature):
    """An area as people know it: beat 3, the Olive Grove neighborhood. Its outline is an AreaShape."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="areas", **COPIED)
    code = models.CharField(max_length=100)
    slug = models.SlugField(max_length=110)
    priority = models.IntegerField(default=0)  # where areas of one kind overlap, the lowest number wins, then the code

    class Meta:
        ordering = ["kind_id", "code"]
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="area_code_once")]

    def __str__(self) -> str:
        return self.code


class AreaShape(Shape):
    """One outline of an area, with the name and attributes (population and its year, contact) of that time."""

    area = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    name = models.CharField(max_length=200)
    geom = models.GeometryField(srid=STORAGE_SRID, spatial_index=False)  # (multi)polygon, line or point by the kind

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["area", "content_hash"], name="area_shape_once"),
            models.CheckConstraint(condition=Q(geom__isvalid=True), name="area_shape_valid"),
        ]
        indexes = [
            GistIndex("geom", name="area_shape_in_force", condition=Q(in_force=True)),
            models.Index(fields=["kind"], name="area_shape_kind", condition=Q(in_force=True)),
        ]


class AreaPiece(models.Model):
    """A subdivided piece of an area's ground, for look-up only: its cuts are neither borders nor second matches."""

    shape = models.ForeignKey(AreaShape, on_delete=models.CASCADE, related_name="pieces", db_constraint=False)
    area = models.ForeignKey(Area, related_name="+", **COPIED)
    kind = models.ForeignKey("layers.Kind", related_name="+", **COPIED)
    in_force = models.BooleanField(null=True)
    geom = models.PolygonField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        indexes = [
            GistIndex("geom", name="area_piece_in_force", condition=Q(in_force=True)),
            GistIndex("geom", name="area_piece_past", condition=Q(in_force=False)),
        ]


class AreaBorder(models.Model):
    """A stretch of an area's original ring in the metre plane of its jurisdiction, for distances to the border."""

    shape = models.ForeignKey(AreaShape, on_delete=models.CASCADE, related_name="borders", db_constraint=False)
    kind = models.ForeignKey("layers.Kind", related_name="+", **COPIED)
    in_force = models.BooleanField(null=True)
    line = models.LineStringField(srid=PLANE_SRID, spatial_index=False)

    class Meta:
        indexes = [
            GistIndex("line", name="area_border_in_force", condition=Q(in_force=True)),
            GistIndex("line", name="area_border_past", condition=Q(in_force=False)),
        ]


class Succession(models.Model):
    """Area ``old`` went over into area ``new`` with a share of its ground (0 to 1) when an edition came in."""

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="successions")
    old = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="successors")
    new = models.ForeignKey(Area, on_delete=models.CASCADE, related_name="predecessors")
    share = models.FloatField()
    confirmed = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["edition", "old", "new"], name="succession_once"),
            models.CheckConstraint(condition=Q(share__gt=0, share__lte=1), name="succession_share_is_a_share"),
        ]
