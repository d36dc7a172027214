from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.db.models import Q

from layers.srid import STORAGE_SRID


class QualityReport(models.Model):
    """One look at one edition: what is wrong with it, and what it changes against the edition that stands now.

    Kept for good beside the edition; the newest finished one is the one that counts. ``facts`` holds what is counted
    once for a layer (features, coverage, the transformation), ``classes`` one entry for each class of finding with the
    count of all of them and SQL that shows them ({"overlap": {"count": 12, "area_m2": 840.5, "sql": ...}}), and
    ``change`` the counts against ``against``. While it runs, ``step``, ``done`` and ``total`` say how far it is.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="quality_reports")
    against = models.ForeignKey("layers.Edition", on_delete=models.SET_NULL, null=True, related_name="+")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    seen_at = models.DateTimeField(null=True)  # the last sign of life of a run
    step = models.CharField(max_length=30, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    problem = models.TextField(blank=True)  # why a run failed
    facts = models.JSONField(default=dict)
    classes = models.JSONField(default=dict)
    change = models.JSONField(default=dict)
    seconds = models.JSONField(default=dict)  # by step

    class Meta:
        ordering = ["edition_id", "-pk"]

    def __str__(self) -> str:
        return f"report {self.pk} of edition {self.edition_id} ({self.state})"


class QualityFinding(models.Model):
    """One thing that a report found: beats 11 and 12 overlap by 840 m2 at this place.

    ``detail`` says what the words are made of, by class (layers/quality/classes.py). Of a class that has more than a
    report lists, the largest are here; how many there are stands in the report's ``classes``.
    """

    class Severity(models.TextChoices):
        ERROR = "error", "Error"
        WARNING = "warning", "Warning"
        NOTE = "note", "Note"

    report = models.ForeignKey(QualityReport, on_delete=models.CASCADE, related_name="findings")
    found = models.CharField(max_length=30)
    severity = models.CharField(max_length=7, choices=Severity)
    rank = models.IntegerField()  # within its class, from 1: the worst first
    codes = ArrayField(models.TextField(), default=list)
    fids = ArrayField(models.IntegerField(), default=list)  # of the file's features, where it is about those
    area_m2 = models.FloatField(null=True)
    place = models.PointField(srid=STORAGE_SRID, null=True, spatial_index=False)
    geom = models.GeometryField(srid=STORAGE_SRID, null=True, spatial_index=False)
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["report_id", "found", "rank"]
        constraints = [models.UniqueConstraint(fields=["report", "found", "rank"], name="quality_finding_rank_once")]

    def __str__(self) -> str:
        return f"{self.found} {self.rank}"


class QualityChange(models.Model):
    """One feature that an edition changes: beat 12 gives 3.2 hectares to its neighbors.

    ``code`` is the one in the new edition, ``old_code`` the one before (both, unless it is added, gone or renumbered).
    ``geom`` is the ground that differs; for points and lines ``moved_m`` is how far they went.
    """

    class What(models.TextChoices):
        ADDED = "added", "Added"
        GONE = "gone", "Gone"
        RENUMBERED = "renumbered", "Renumbered"
        RENAMED = "renamed", "Renamed"
        MOVED = "moved", "Border moved"

    report = models.ForeignKey(QualityReport, on_delete=models.CASCADE, related_name="changes")
    what = models.CharField(max_length=10, choices=What)
    rank = models.IntegerField()
    code = models.CharField(max_length=100, blank=True)
    old_code = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=250, blank=True)
    old_name = models.CharField(max_length=250, blank=True)
    gained_m2 = models.FloatField(null=True)
    lost_m2 = models.FloatField(null=True)
    moved_m = models.FloatField(null=True)
    place = models.PointField(srid=STORAGE_SRID, null=True, spatial_index=False)
    geom = models.GeometryField(srid=STORAGE_SRID, null=True, spatial_index=False)

    class Meta:
        ordering = ["report_id", "what", "rank"]
        constraints = [models.UniqueConstraint(fields=["report", "what", "rank"], name="quality_change_rank_once")]

    def __str__(self) -> str:
        return f"{self.what} {self.code or self.old_code}"


class QualityHandover(models.Model):
    """What changes hands: 214 addresses go from beat 12 to 13; the rule "weeds-north" names beat 12, which is gone.

    ``holder`` is the code of a registered holder (layers/holders.py). ``old_codes`` and ``new_codes`` are areas before
    and after; none means outside every area. ``holds_up``: the edition should not come in before somebody has said
    what becomes of it. ``examples`` is a list of {"id", "title", "address"} of the first of them.
    """

    report = models.ForeignKey(QualityReport, on_delete=models.CASCADE, related_name="handovers")
    holder = models.CharField(max_length=30)
    rank = models.IntegerField()
    old_codes = ArrayField(models.TextField(), default=list)
    new_codes = ArrayField(models.TextField(), default=list)
    count = models.IntegerField()
    holds_up = models.BooleanField(default=False)
    examples = models.JSONField(default=list)

    class Meta:
        ordering = ["report_id", "holder", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["report", "holder", "rank"], name="quality_handover_rank_once"),
            models.CheckConstraint(condition=Q(count__gt=0), name="quality_handover_counts"),
        ]

    def __str__(self) -> str:
        return f"{self.holder}: {self.count}"
