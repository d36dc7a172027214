from django.contrib.gis.db import models
from django.contrib.postgres.indexes import GistIndex

from layers.models.feature import COPIED, GUARDED, Feature, Shape
from layers.srid import STORAGE_SRID


class Asset(Feature):
    """A thing the city or somebody else keeps on the ground: street light SL-0412. Its kind is ``asset:TYPE``."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="assets", **COPIED)
    asset_id = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "asset_id"], name="asset_id_once")]

    def __str__(self) -> str:
        return self.asset_id


class AssetShape(Shape):
    """Where an asset stands, whose it is (a class: city, utility, state) and what its attributes say."""

    asset = models.ForeignKey(Asset, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    name = models.CharField(max_length=200, blank=True)
    owner_class = models.CharField(max_length=40, blank=True)
    geom = models.GeometryField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["asset", "content_hash"], name="asset_shape_once")]
        indexes = [GistIndex("geom", name="asset_in_force", condition=models.Q(in_force=True))]


class Landmark(Feature):
    """A place people name instead of an address: City Hall, Olive Grove Park, mile post 41."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", related_name="landmarks", **COPIED)
    code = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="landmark_code_once")]

    def __str__(self) -> str:
        return self.code


class LandmarkShape(Shape):
    """A landmark's name, category (school, library, park, transit) and place (point or grounds)."""

    landmark = models.ForeignKey(Landmark, on_delete=models.CASCADE, related_name="shapes", **GUARDED)
    name = models.CharField(max_length=200)
    category = models.CharField(max_length=60, blank=True)
    geom = models.GeometryField(srid=STORAGE_SRID, spatial_index=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["landmark", "content_hash"], name="landmark_shape_once")]
        indexes = [GistIndex("geom", name="landmark_in_force", condition=models.Q(in_force=True))]
