from datetime import datetime

from django.contrib.gis.db import models
from django.contrib.gis.geos import Point
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Exists, F, OuterRef, Q

from layers.models import AreaPiece
from layers.srid import STORAGE_SRID


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Which notices hold: predicates that read after the noun."""

    def in_force(self, at: datetime) -> "NoticeQuerySet":
        """Begun, not over, not lifted."""
        return self.filter(begins_at__lte=at, ends_at__gt=at, lifted_at=None)

    def over(self, at: datetime) -> "NoticeQuerySet":
        """Lifted by hand, or by time."""
        return self.filter(Q(lifted_at__isnull=False) | Q(ends_at__lte=at))

    def about(self, service_id: int) -> "NoticeQuerySet":
        return self.filter(services=service_id)

    def at_place(self, lon: float | None, lat: float | None) -> "NoticeQuerySet":
        """Those for the whole city, and at a place (degrees) those that cover it; a border belongs to the area."""
        everywhere = Q(area=None, ground=None)
        if lon is None or lat is None:
            return self.filter(everywhere)
        point = Point(lon, lat, srid=STORAGE_SRID)
        pieces = AreaPiece.objects.filter(area=OuterRef("area"), in_force=True, geom__covers=point)
        return self.filter(everywhere | Q(ground__covers=point) | Exists(pieces))


class Notice(models.Model):
    """A problem that the city knows: "Storm: 40 lights out on Elm St, we know." It stops reports before the form.

    For one or several services; for an area, for ground that somebody drew, or (with neither) for the whole city. It
    holds from a moment to another, or until somebody lifts it. Never deleted: what was said when stays to be read.
    Not a request and not an incident: nobody is told by it, it only answers who is about to report.
    """

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    services = models.ManyToManyField("catalog.Service", related_name="+")
    texts = models.JSONField()  # by language: {"en": "Storm: ...", "es": "Tormenta: ..."}
    area = models.ForeignKey("layers.Area", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.MultiPolygonField(srid=STORAGE_SRID, null=True, blank=True, spatial_index=False)
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    expected_at = models.DateTimeField(null=True, blank=True)  # when it should be repaired
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-begins_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(begins_at__lt=F("ends_at")), name="notice_from_before_until"),
            models.CheckConstraint(
                condition=Q(area__isnull=True) | Q(ground__isnull=True), name="notice_area_or_ground_not_both"
            ),
            models.CheckConstraint(
                condition=Q(ground__isnull=True) | Q(ground__isvalid=True), name="notice_ground_valid"
            ),
        ]
        indexes = [
            models.Index(fields=["jurisdiction", "ends_at"], name="notice_holding", condition=Q(lifted_at=None)),
            GistIndex("ground", name="notice_ground"),
        ]

    def __str__(self) -> str:
        return self.text_in("en")

    def text_in(self, language: str) -> str:
        """What it says in a language; in any other where it was not said in that."""
        return str(self.texts.get(language) or next(iter(self.texts.values()), ""))


class NoticeChange(models.Model):
    """One step in the life of a notice: who placed, changed or lifted it, and what it said before. Appended."""

    class Kind(models.TextChoices):
        PLACED = "placed", "Placed"
        CHANGED = "changed", "Changed"
        LIFTED = "lifted", "Lifted"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="changes")
    kind = models.CharField(max_length=7, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    before = models.JSONField(default=dict)  # of the fields that changed: what they held

    class Meta:
        ordering = ["notice_id", "pk"]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"


class NoticeAnswer(models.Model):
    """What somebody did who was shown a notice; ``key`` is their form's, so that a second press is no second person.

    "Enough" is a report that was stopped. The others went on: to be told when it is repaired, or because theirs is
    different; then ``request`` is the report that came of it.
    """

    class Kind(models.TextChoices):
        ENOUGH = "enough", "Nothing more needed"
        TELL = "tell", "Wants to be told"
        ANYWAY = "anyway", "Reported anyway"

    class Reason(models.TextChoices):
        DIFFERENT = "different", "Mine is another problem"
        WORSE = "worse", "It has become worse, or is dangerous"
        STILL = "still", "It was said to be repaired, and is not"

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="answers")
    key = models.CharField(max_length=32)
    kind = models.CharField(max_length=6, choices=Kind)
    reason = models.CharField(max_length=9, choices=Reason, blank=True)
    channel = models.CharField(max_length=16)
    at = models.DateTimeField()
    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "key"], name="notice_answer_once"),
            models.CheckConstraint(
                condition=Q(kind="anyway") | Q(reason=""), name="notice_answer_reason_of_anyway_only"
            ),
            models.CheckConstraint(
                condition=~Q(kind="enough") | Q(request__isnull=True), name="notice_answer_enough_is_no_report"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} {self.kind}"
