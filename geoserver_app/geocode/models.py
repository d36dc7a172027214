"""Search tables: what the layers say, folded for look-up.

A row stands beside a shape of layers and is made from nothing else. A shape's content never changes, so neither does
its row: activating an edition adds rows for shapes that have none, and nothing is ever taken back. Which rows count on
a day is asked of the shape (its ``editions``) at the time of the look-up; drafts that were put in force and rolled
back, and editions of the past, need no work of their own.
"""

from typing import Any

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass

from layers.srid import STORAGE_SRID

# A reference to a row of layers that is written by the hundred thousand: without a constraint and an index of its own,
# like those between the shapes themselves (layers/models/feature.py).
_BESIDE: dict[str, Any] = {"on_delete": models.CASCADE, "related_name": "+", "db_constraint": False, "db_index": False}


class Street(models.Model):
    """A street's name, once in a jurisdiction, whichever layer had it first: S | VAN NESS | AVE | ''.

    ``name_key`` is the folded name (plain.key_of), ``keys`` all foldings that it is found by.
    """

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    pre_directional = models.CharField(max_length=4, blank=True)
    street_name = models.CharField(max_length=120)
    post_type = models.CharField(max_length=20, blank=True)
    post_directional = models.CharField(max_length=4, blank=True)
    label = models.CharField(max_length=200)
    name_key = models.CharField(max_length=120)
    keys = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "pre_directional", "street_name", "post_type", "post_directional"],
                name="geocode_street_once",
            )
        ]
        indexes = [
            GinIndex(fields=["keys"], name="geocode_street_keys"),
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="geocode_street_letters"),
            models.Index(fields=["jurisdiction", "name_key"], name="geocode_street_begins",
                         opclasses=["int8_ops", "varchar_pattern_ops"]),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.label


class House(models.Model):
    """A numbered house of an address point or of a parcel's situs; ``last`` is the other end of a situs range."""

    shape_id = models.BigIntegerField()
    kind = models.ForeignKey("layers.Kind", **_BESIDE)
    is_parcel = models.BooleanField()
    street = models.ForeignKey(Street, **_BESIDE)
    number = models.IntegerField()
    last = models.IntegerField()
    suffix = models.CharField(max_length=10, blank=True)
    unit = models.CharField(max_length=40, blank=True)
    zip_code = models.CharField(max_length=10, blank=True)
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "shape_id"], name="geocode_house_once")]
        indexes = [
            models.Index(fields=["street", "number"], name="geocode_house_number"),
            models.Index(
                fields=["street", "number"], name="geocode_house_range", condition=models.Q(last__gt=models.F("number"))
            ),
        ]


class Segment(models.Model):
    """A named street segment, and which street it is; ``is_crossed`` once its crossings were looked for."""

    shape_id = models.BigIntegerField(primary_key=True)
    kind = models.ForeignKey("layers.Kind", **_BESIDE)
    street = models.ForeignKey(Street, on_delete=models.CASCADE, related_name="+")
    is_crossed = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["kind"], name="geocode_segment_fresh", condition=models.Q(is_crossed=False))]


class Crossing(models.Model):
    """A point where two streets of different names meet, cross or (``gap_m`` above 0) nearly do."""

    one = models.ForeignKey(Street, **_BESIDE)
    other = models.ForeignKey(Street, **_BESIDE)
    shape_one = models.BigIntegerField()
    shape_other = models.BigIntegerField()
    kind = models.ForeignKey("layers.Kind", on_delete=models.CASCADE, related_name="+")
    gap_m = models.FloatField(default=0)
    lon = models.FloatField()
    lat = models.FloatField()

    class Meta:
        indexes = [
            models.Index(fields=["one", "other"], name="geocode_crossing_pair"),
            models.Index(fields=["other"], name="geocode_crossing_other"),
        ]


class PlaceName(models.Model):
    """The name of a landmark, park or neighborhood; ``name_key`` is its letters, without accents and blanks.

    ``mile`` where it is a mile post, on the road ``road_key``.
    """

    shape_id = models.BigIntegerField()
    kind = models.ForeignKey("layers.Kind", **_BESIDE)
    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=200)
    category = models.CharField(max_length=60, blank=True)
    mile = models.FloatField(null=True)
    road_key = models.CharField(max_length=120, blank=True)
    geom = models.PointField(srid=STORAGE_SRID, spatial_index=False)
    reach_m = models.FloatField(default=0)  # half the diagonal of its ground

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "shape_id"], name="geocode_place_name_once")]
        indexes = [
            GinIndex(OpClass("name_key", name="gin_trgm_ops"), name="geocode_place_letters"),
            models.Index(fields=["mile"], name="geocode_place_mile", condition=models.Q(mile__isnull=False)),
        ]


class Filled(models.Model):
    """By which version of the folding the rows of a kind were made; another one makes them anew."""

    kind = models.OneToOneField("layers.Kind", on_delete=models.CASCADE, primary_key=True, related_name="+")
    version = models.IntegerField()


class DefaultPoint(models.Model):
    """A point that some source writes for "place unknown", like city hall: what lies there is no place."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="default_points")
    point = models.PointField(srid=STORAGE_SRID)
    radius_m = models.FloatField(default=2)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(radius_m__gt=0), name="geocode_default_point_has_radius")
        ]

    def __str__(self) -> str:
        return self.note or f"{self.point.x:.5f}, {self.point.y:.5f}"


class OutsideAnswer(models.Model):
    """What an outside geocoder said of a text, kept for a while; ``lon`` is empty where it found nothing."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    text_hash = models.BinaryField(max_length=16)
    label = models.CharField(max_length=250, blank=True)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "text_hash"], name="geocode_outside_answer_once")
        ]
