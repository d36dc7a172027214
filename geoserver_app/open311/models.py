from django.db import models


class ServiceType(models.Model):
    """How Open311 answers a report of one service: at once with its number, later by a token, or with nothing.

    A service without a row is "realtime". "batch" is for reports that get their number when somebody has them (not
    while they wait in triage), "blackbox" for those whose number it never gives to a program.
    """

    class Type(models.TextChoices):
        REALTIME = "realtime", "The number at once"
        BATCH = "batch", "A token, and the number later"
        BLACKBOX = "blackbox", "No number"

    service = models.OneToOneField("catalog.Service", on_delete=models.CASCADE, related_name="open311_type")
    type = models.CharField(max_length=8, choices=Type, default=Type.REALTIME)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(type__in=["realtime", "batch", "blackbox"]), name="open311_type_known"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.type}"


class Changeset(models.Model):
    """When the services of a jurisdiction, or the questions of one, last changed, as far as Open311 shows them.

    Clients compare it to refresh what they keep. ``fingerprint`` is a hash over everything that is shown.
    """

    jurisdiction = models.OneToOneField("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}: {self.changed_at:%Y-%m-%dT%H:%M:%SZ}"


class ReceivedUpdate(models.Model):
    """An update that a program sent about a request, by the number that the program gave it: taken once, never twice.

    ``change_id`` is the line in the request's history (work.StatusChange) that it became.
    """

    key = models.ForeignKey("accounts.ApiKey", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="+")
    update_id = models.CharField(max_length=100)
    change_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "request", "update_id"], name="open311_update_once")]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.update_id}"
