from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import Q

from geoserver_app.intake.models import ServiceRequest


class StatusChange(models.Model):
    """One line in the history of a request: on Monday at 8:12 Lena accepted it. Appended, never edited.

    A trigger refuses updates and deletes but by erasure (work/erasure.py); so staff who stand in a history are
    deactivated, not deleted. What a request is now stands in its own row; this is how it came to be.
    """

    class Kind(models.TextChoices):
        STATUS = "status", "State"
        ASSIGNMENT = "assignment", "Assignment"
        HANDED_ON = "handed_on", "Handed on"
        REFERRED = "referred", "Referred"
        NOTE_INTERNAL = "note_internal", "Internal note"
        NOTE_PUBLIC = "note_public", "Public note"
        DETAILS = "details", "Details added by the reporter"
        MOVED = "moved", "Moved"
        RECATEGORISED = "recategorised", "Service changed"
        PRIORITY = "priority", "Priority"
        REOPENED = "reopened", "Reopened"
        WORK_ORDER = "work_order", "Work order"
        TOLD = "told", "Resident told"
        ANSWERED = "answered", "Resident's answer"
        REVIEWED = "reviewed", "Looked at"
        PUBLISHED = "published", "Released or hidden"
        JOINED = "joined", "Joined with other reports"
        LEFT = "left", "Taken out again"

    # A key has an index where somebody asks by it: this is the longest table, and the history is read by its request.
    request = models.ForeignKey(
        "intake.ServiceRequest", on_delete=models.CASCADE, related_name="history", db_index=False
    )
    kind = models.CharField(max_length=14, choices=Kind)
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    by_reporter = models.BooleanField(default=False)  # neither: the product itself
    from_state = models.CharField(max_length=12, choices=ServiceRequest.State)
    to_state = models.CharField(max_length=12, choices=ServiceRequest.State)
    department_before = models.ForeignKey(
        "org.Department", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    department_after = models.ForeignKey(
        "org.Department", on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    post_before = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    post_after = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.TextField(blank=True)
    public = models.BooleanField(default=False)  # whether everybody may read the note
    data = models.JSONField(default=dict)  # what else changed, as {"field": [before, after]}

    class Meta:
        ordering = ["request_id", "at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=True) | Q(by_reporter=False), name="status_change_by_one_party"
            ),
            models.CheckConstraint(
                condition=~Q(kind="note_internal") | Q(public=False), name="status_change_internal_stays_inside"
            ),
        ]
        indexes = [
            models.Index(fields=["request", "at"], name="status_change_of_request"),
            models.Index(fields=["by"], name="status_change_by", condition=models.Q(by__isnull=False)),
            # The history is appended in the order of time: a few kilobytes find a day in it.
            BrinIndex(fields=["at"], name="status_change_at"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind} {self.from_state} -> {self.to_state}"
