from django.db import models
from django.db.models import Q


class AgencyEndpoint(models.Model):
    """Where an agency takes requests by Open311, and how its services are called: what is referred to it goes there.

    ``service_codes`` maps our codes to theirs; what is not in it goes under ``default_code``, or to nobody where that
    is empty. The key that the agency gave us is kept sealed (forward/seal.py). Who reports is told to the agency only
    where ``shares_contact`` says so. ``takes_updates``: whether they take service request updates in mySociety's form.
    """

    agency = models.OneToOneField("org.Agency", on_delete=models.CASCADE, related_name="endpoint")
    url = models.URLField(max_length=500)  # ends in /v2/
    jurisdiction_id = models.CharField(max_length=120, blank=True)
    sealed_key = models.TextField(blank=True)
    service_codes = models.JSONField(default=dict, blank=True)
    default_code = models.CharField(max_length=120, blank=True)
    shares_contact = models.BooleanField(default=False)
    takes_updates = models.BooleanField(default=False)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        return self.url


class Forward(models.Model):
    """One request on its way to, or at, one agency's endpoint; begun anew when it is referred there again.

    WAITING until it was sent, PENDING with a token, THERE with their number until they close it or we take it back.
    FAILED is a person's matter: a Review says so. ``due_at`` is when to try, or to ask, next.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits to be sent"
        PENDING = "pending", "Sent; their number is to come"
        THERE = "there", "They have it"
        ENDED = "ended", "Ended there, or taken back"
        FAILED = "failed", "Could not be sent"

    OPEN = (State.WAITING, State.PENDING, State.THERE)

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="forwards")
    endpoint = models.ForeignKey(AgencyEndpoint, on_delete=models.PROTECT, related_name="forwards")
    sending = models.UUIDField(unique=True)  # names this sending to them: a second try is none of a second report
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    token = models.CharField(max_length=200, blank=True)
    number = models.CharField(max_length=200, blank=True)  # theirs
    status = models.CharField(max_length=6, blank=True)
    status_notes = models.TextField(blank=True)
    attempts = models.IntegerField(default=0)
    error = models.TextField(blank=True)
    # By the id of a photo: "" where they have it, else what they said. Null: nobody kept it, or nothing was sent yet.
    photos = models.JSONField(null=True)
    created_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["request", "endpoint"],
                condition=Q(state__in=["waiting", "pending", "there"]),
                name="forward_open_once",
            )
        ]
        indexes = [models.Index(fields=["due_at"], name="forward_due", condition=Q(due_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.request_id} at {self.endpoint_id}: {self.state}"

    def said_of(self, photo_id: int) -> str | None:
        """Empty where they have a photo, what they said where they refused it, else None."""
        said: dict[str, str] = self.photos or {}
        return said.get(str(photo_id))
