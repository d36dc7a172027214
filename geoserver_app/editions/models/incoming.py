from django.db import models
from django.db.models import Q


class Source(models.Model):
    """Where a kind's file is fetched from, again and again: the county's parcels, every night.

    ``address`` is https:// or the name of a file below the folder of the settings (PULL_DIR). ``etag`` and ``sha256``
    are those of the last file that became a draft, or was found to be the same.
    """

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    kind_code = models.CharField(max_length=60)
    address = models.CharField(max_length=500)
    options = models.JSONField(default=dict, blank=True)  # as load_layer's: layer, code_field, where, crosswalk ...
    every_hours = models.IntegerField(default=24)
    is_on = models.BooleanField(default=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    etag = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    next_at = models.DateTimeField()
    looked_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=10, blank=True)  # same, draft, failed
    problem = models.TextField(blank=True)

    class Meta:
        ordering = ["jurisdiction_id", "kind_code", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(every_hours__gte=1), name="source_not_all_the_time"),
            models.UniqueConstraint(fields=["jurisdiction", "kind_code", "address"], name="source_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind_code}: {self.address}"


class Incoming(models.Model):
    """A file that somebody uploaded, or that was fetched, on its way to becoming a draft.

    Its options are what was said about it: as load_layer takes it, ``crosswalk`` as YAML, ``choice`` of a kind that is
    made with it, ``propose`` where a crosswalk is to be proposed first. They stay beside the draft. ``stored`` is its
    name in the private store (editions/store.py); the file goes when the draft is made, or refused.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Running"
        LOOK = "look", "A crosswalk is proposed"
        DONE = "done", "Done"
        FAILED = "failed", "Refused"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.SET_NULL, null=True, related_name="incoming")
    kind_code = models.CharField(max_length=60)
    name = models.CharField(max_length=200)  # as its sender calls the file
    stored = models.CharField(max_length=80)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    step = models.CharField(max_length=40, blank=True)
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    problem = models.TextField(blank=True)
    proposal = models.JSONField(default=dict)  # a crosswalk proposed: document, remarks, the file's columns
    faults = models.JSONField(default=dict)  # of a refusal: how many of each class of fault wait for a decision
    edition = models.ForeignKey("layers.Edition", on_delete=models.SET_NULL, null=True, related_name="incoming")

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.name} as {self.kind_code} ({self.state})"

    @property
    def percent(self) -> int:
        return 0 if self.total == 0 else min(100, self.done * 100 // self.total)
