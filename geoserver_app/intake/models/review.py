from django.db import models
from django.db.models import Q


class Review(models.Model):
    """Something a stage could not decide about a request; a person must. Several can be open at once.

    Nothing is ever lost or null in silence: no place found, a pin within its accuracy of a line, an address that is
    far from the pin, a rule that failed.
    """

    class Stage(models.TextChoices):
        INTAKE = "intake", "Intake"
        GEOCODE = "geocode", "Geocoding"
        LINK = "link", "Linking"
        ROUTE = "route", "Routing"
        WORK = "work", "Work"
        NOTIFY = "notify", "Notification"

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="reviews")
    stage = models.CharField(max_length=8, choices=Stage)
    reason = models.CharField(max_length=40)  # a code: no_place, near_border, outside, no_rule, stage_failed, ...
    detail = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "stage", "reason"], condition=Q(resolved_at__isnull=True), name="review_open_once"
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="review_open", condition=Q(resolved_at__isnull=True))]
