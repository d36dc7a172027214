from django.contrib.gis.db import models
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db.models import Q

from layers.models.feature import GUARDED


class Edition(models.Model):
    """One loading of one kind: the council districts as drawn after the census.

    A draft stands beside what is in force and touches nothing; an active edition is in force for a range of local
    days, stored half-open ([from, day after the last)); the first one usually has no beginning. Ranges of one kind
    never overlap. ``seq`` numbers the loadings of a kind; shapes say by it in which editions they stand.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        WITHDRAWN = "withdrawn", "Withdrawn"

    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="editions")
    seq = models.IntegerField()
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    in_force = DateRangeField(null=True, blank=True)
    # The days asked for when it was loaded; both may be open. They become in_force on activation.
    wanted = DateRangeField(null=True, blank=True)
    # True where the in_force flags of shapes and pieces are those of this edition: the fast look-up answers for it.
    is_current = models.BooleanField(default=False)
    source = models.CharField(max_length=255)  # the file's name, never its folder
    source_layer = models.CharField(max_length=255, blank=True)
    source_sha256 = models.CharField(max_length=64)
    source_crs = models.CharField(max_length=120)
    accuracy_m = models.FloatField(null=True)  # of the transformation to WGS 84; 0 where none was needed
    report = models.JSONField(default=dict)  # counts and findings of staging and commit
    loaded_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind_id", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "seq"], name="edition_seq_once"),
            models.UniqueConstraint(fields=["kind"], condition=Q(is_current=True), name="edition_one_current"),
            models.CheckConstraint(
                condition=Q(state="active", in_force__isnull=False) | (~Q(state="active") & Q(in_force__isnull=True)),
                name="edition_active_has_days",
            ),
            models.CheckConstraint(condition=Q(is_current=False) | Q(state="active"), name="edition_current_is_active"),
            ExclusionConstraint(
                name="edition_days_do_not_overlap",
                expressions=[("kind", RangeOperators.EQUAL), ("in_force", RangeOperators.OVERLAPS)],
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} edition {self.seq} ({self.state})"


class StagedFeature(models.Model):
    """One feature of a source file, verbatim: its attributes and its geometry as WKB in the file's own system.

    ``finding`` names the class of fault, if any ("invalid"), ``decision`` what was done about it ("repaired",
    "dropped", ""). Rows with a decision are kept for good; the others go when the edition is replaced.
    """

    pk = models.CompositePrimaryKey("edition_id", "fid")
    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="staged", **GUARDED)
    fid = models.IntegerField()
    code = models.CharField(max_length=100, blank=True)
    attributes = models.JSONField(default=dict)
    wkb = models.BinaryField(null=True)
    finding = models.CharField(max_length=30, blank=True)
    detail = models.TextField(blank=True)
    decision = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["edition_id", "fid"]


class EditionChange(models.Model):
    """One activation, with the days that the editions of its kind had before it: what a roll back restores.

    ``before`` is a list of {"edition": id, "state": ..., "in_force": [from, to] or null}, days in ISO form.
    """

    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="changes")
    at = models.DateTimeField()
    before = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.edition_id} at {self.at:%Y-%m-%d}"
