from django.db import models
from django.db.models import F, Q


class Joining(models.Model):
    """One request that went from one incident to another: on Tuesday Dora merged C into the pothole of A. Appended.

    Where a request is now stands in its own row; this is how it came there, and by which it is taken back. ``before``
    is what merging changed of the request itself (state, department ...), to be given back when it is taken out.
    """

    class Kind(models.TextChoices):
        ADDED = "added", "Added by the reporter"
        MERGED = "merged", "Merged"
        TAKEN_OUT = "taken_out", "Taken out again"
        MOVED = "moved", "Moved to another incident"
        LEADS = "leads", "Leads its incident"

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="joinings")
    kind = models.CharField(max_length=9, choices=Kind)
    from_incident = models.ForeignKey("intake.Incident", on_delete=models.PROTECT, related_name="+")
    to_incident = models.ForeignKey("intake.Incident", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")  # none: the reporter
    score = models.SmallIntegerField(null=True)  # what the product thought of it, 0-100, where it had proposed it
    before = models.JSONField(default=dict)

    class Meta:
        ordering = ["request_id", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(score__isnull=True) | Q(score__range=(0, 100)), name="joining_score_in_percent"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["added", "leads"]) | ~Q(from_incident=F("to_incident")),
                name="joining_goes_somewhere",
            ),
        ]
        indexes = [models.Index(fields=["request", "-id"], name="joining_of_request")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.from_incident_id} -> {self.to_incident_id}"
