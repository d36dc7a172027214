from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q

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


class SensitivePlan(models.Model):
    """How a jurisdiction's table of sensitive services is made: areas of which one kind, hidden below which number.

    It holds for the quarters that are still to come; what is published keeps what it was published with.
    """

    jurisdiction = models.OneToOneField("layers.Jurisdiction", on_delete=models.CASCADE, related_name="sensitive_plan")
    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="+")
    minimum = models.IntegerField(default=5)
    begun_on = models.DateField(
        null=True
    )  # the local day of the first run, which takes what is sensitive as it finds it

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(minimum__gte=3), name="sensitive_minimum_hides_something")]

    def __str__(self) -> str:
        return f"sensitive table of {self.jurisdiction_id}"


class SensitiveService(models.Model):
    """Since which local day a service is known to be sensitive; none: for as long as anything was published.

    A service that everybody could see on the map before is counted in quarters that begin after that day alone: of an
    earlier one its own numbers are known, and could be taken away from those of all sensitive services.
    """

    service = models.OneToOneField("catalog.Service", on_delete=models.CASCADE, related_name="+")
    since = models.DateField(null=True)

    def __str__(self) -> str:
        return f"{self.service_id} since {self.since}"


class SensitiveQuarter(models.Model):
    """One quarter (by its first local day) as it was published, once and for ever: the database refuses to change it.

    ``total`` counts incidents of ``service_codes`` in all its areas. The counts before anything was hidden are kept
    nowhere.
    """

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    minimum = models.IntegerField()
    service_codes = ArrayField(models.CharField(max_length=40))
    total = models.IntegerField()
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "first_day"], name="sensitive_quarter_once")]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}: {self.first_day}"


class SensitiveCount(models.Model):
    """An area in a published quarter, with its names of that time; ``n`` is null where the number is hidden."""

    quarter = models.ForeignKey(SensitiveQuarter, on_delete=models.PROTECT, related_name="counts")
    area = models.ForeignKey("layers.Area", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    names = models.JSONField(default=dict)
    n = models.IntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["quarter", "area"], name="sensitive_count_once")]

    def __str__(self) -> str:
        return f"{self.area_id} in {self.quarter_id}"
