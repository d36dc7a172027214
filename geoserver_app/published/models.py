from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from layers.srid import STORAGE_SRID


class BasemapSet(models.Model):
    """What the kept basemap tiles of a jurisdiction were rendered from, and how far the rendering is.

    Every BasemapTile of the jurisdiction is good for ``epoch`` and ``recipe``, always: whoever moves these on deletes
    the tiles that changed in the same transaction. Missing tiles are rendered when they are asked for.
    """

    jurisdiction = models.OneToOneField("layers.Jurisdiction", on_delete=models.CASCADE, related_name="basemap_set")
    epoch = models.BigIntegerField(default=0)
    recipe = models.CharField(max_length=32, blank=True)  # a hash over the tile statement
    ground = models.CharField(max_length=32, blank=True)  # a hash over the jurisdiction's outline and name
    editions = models.JSONField(default=dict)  # kind id -> number of the edition the tiles show
    total = models.IntegerField(default=0)  # tiles of the last rendering ...
    done = models.IntegerField(default=0)  # ... and how many of them are there
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"basemap of {self.jurisdiction_id} at epoch {self.epoch}"


class BasemapTile(models.Model):
    """One kept tile, gzipped. ``reach`` is the ground whose shapes can show in it: the tile and its buffer."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    z = models.SmallIntegerField()
    x = models.IntegerField()
    y = models.IntegerField()
    gz = models.BinaryField()
    etag = models.CharField(max_length=32)
    reach = models.PolygonField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "z", "x", "y"], name="basemap_tile_once")]
        indexes = [GistIndex(fields=["reach"], name="basemap_tile_reach")]

    def __str__(self) -> str:
        return f"{self.z}/{self.x}/{self.y}"
