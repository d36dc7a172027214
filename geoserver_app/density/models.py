"""The tables of the density cube: counts of requests by cell, service and month, ready before anybody asks.

A cube belongs to a jurisdiction and an audience: the public's counts stand at public places, the staff's at true ones.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Audience(models.IntegerChoices):
    """Who may read a cube."""

    PUBLIC = 0, "Everybody"
    STAFF = 1, "Staff"


class Measure(models.IntegerChoices):
    """What a block counts: a request that leads its incident or one that follows, and how it stands."""

    LEADS = 0, "Leading requests"
    LEADS_OPEN = 1, "Leading requests that are open"
    LEADS_FRESH = 2, "Leading requests that were closed lately"
    FOLLOWS = 3, "Other requests"
    FOLLOWS_OPEN = 4, "Other requests that are open"
    FOLLOWS_FRESH = 5, "Other requests that were closed lately"


class Ledger(models.Model):
    """One jurisdiction that is counted: changes of its requests are noted. Without this row nothing is.

    ``fresh_from`` is the moment since which a closing counts as of late; it moves on once a day. ``kinds`` are the
    codes of at most five kinds of area that the cubes know.
    """

    jurisdiction = models.OneToOneField("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    fresh_from = models.DateTimeField()
    kinds = ArrayField(models.CharField(max_length=60), default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kinds__len__lte=5), name="density_five_kinds")]

    def __str__(self) -> str:
        return f"ledger of {self.jurisdiction_id}"


class Cube(models.Model):
    """One generation of counts. Readers use the current one; the next is built beside it and takes its place."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    audience = models.SmallIntegerField(choices=Audience)
    is_current = models.BooleanField(default=False)
    area_ids = ArrayField(models.BigIntegerField(), default=list)  # the areas of the ledger's kinds that it knows
    built_at = models.DateTimeField()  # the moment of the table that it was counted from
    drained_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "audience"], condition=Q(is_current=True), name="density_one_current"
            )
        ]

    def __str__(self) -> str:
        return f"cube {self.pk} of {self.jurisdiction_id} for {self.get_audience_display()}"


class AreaSet(models.Model):
    """Areas of the counted kinds that some request of a cube lies in all at once: beat 3, Downtown and district 1."""

    cube = models.ForeignKey(Cube, on_delete=models.CASCADE, related_name="+")
    number = models.IntegerField()
    area_ids = ArrayField(models.BigIntegerField())  # ascending

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cube", "number"], name="density_area_set_once")]


class Dictionary(models.Model):
    """What the places of a block's counts mean: the n-th is the n-th cell with the n-th set of areas (an atom).

    Appended to, never rewritten: an array that is shorter than its dictionary has zeros at the end. ``cells`` are
    little-endian uint16 (0 to 1023, Morton order inside the block), ``sets`` int32 (AreaSet.number).
    """

    pk = models.CompositePrimaryKey("cube_id", "z", "block")
    cube = models.ForeignKey(Cube, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    z = models.SmallIntegerField()
    audience = models.SmallIntegerField(choices=Audience)  # the cube's
    block = models.BigIntegerField()
    cells = models.BinaryField()
    sets = models.BinaryField()


class Block(models.Model):
    """Counts of one tile (z and Morton code of its column and row), one service, one measure, up to a month.

    ``counts`` are one for each atom, written as density/counts.py says.
    ``period`` is a month (density/months.py), and the counts are of its year up to and including it; or a year, and
    they are of all time up to and including it. A row exists only where something changed. ``service`` is the
    service's id, 0 for all of them. Block 0 of zoom 0 holds the whole city: cell 0 on the map, cell 1 off it.
    """

    pk = models.CompositePrimaryKey("cube_id", "z", "block", "measure", "service", "period")
    cube = models.ForeignKey(Cube, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+")
    z = models.SmallIntegerField()
    measure = models.SmallIntegerField(choices=Measure)
    period = models.SmallIntegerField()
    audience = models.SmallIntegerField(choices=Audience)  # the cube's
    service = models.IntegerField()
    block = models.BigIntegerField()
    counts = models.BinaryField()


class Change(models.Model):
    """The queue: how a committed change of requests changes the counts of one place, service and month.

    Written by triggers on the requests (0002), taken by the drain in one transaction with the blocks that it changes:
    blocks and queue together are always the table. In the database the key is jurisdiction, audience and id (0005):
    every further index would be written by whoever writes a request.
    """

    jurisdiction_id = models.BigIntegerField()
    audience = models.SmallIntegerField(choices=Audience)
    leads = models.BooleanField()
    month = models.SmallIntegerField()
    service = models.IntegerField()
    morton = models.BigIntegerField(null=True)  # zoom 30; null: on no map
    area_ids = ArrayField(models.BigIntegerField())
    n = models.IntegerField()
    n_open = models.IntegerField()
    n_fresh = models.IntegerField()


class Missed(models.Model):
    """A change of so many requests at once that it was not queued: the cubes must be counted anew."""

    jurisdiction_id = models.BigIntegerField()
    at = models.DateTimeField()
