from django.db import models


class Media(models.Model):
    """A photo of a request, re-encoded by us: no EXIF, no original name. Published only by the service's policy."""

    class Stage(models.TextChoices):
        REPORTED = "reported", "With the report"
        ADDED = "added", "Added later by the reporter"
        WORK = "work", "By the crew"

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="media")
    file = models.CharField(max_length=120, unique=True)  # path in the private store, never guessable
    thumbnail = models.CharField(max_length=120)
    width = models.IntegerField()
    height = models.IntegerField()
    sha256 = models.CharField(max_length=64)
    stage = models.CharField(max_length=10, choices=Stage, default=Stage.REPORTED)
    is_public = models.BooleanField(default=False)
    looked_at_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["request_id", "pk"]


class MediaLink(models.Model):
    """An address that a program sent with a report (Open311's ``media_url``): kept, shown to staff, never fetched.

    What stands there can change after anybody looked, so everybody sees it only where the service publishes photos at
    once.
    """

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="media_links")
    url = models.CharField(max_length=2000)
    is_public = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["request_id", "pk"]
