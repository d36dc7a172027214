from django.db import models
from django.db.models import Q


class Picture(models.Model):
    """A picture of a place as it was sent, shared by the mails of one event: the desk's and the copies'."""

    content = models.BinaryField()
    content_type = models.CharField(max_length=30)  # image/png, or image/svg+xml where there is nothing to paint with
    created_at = models.DateTimeField()


class Message(models.Model):
    """Something to be told to one person by one way, word by word: the outbox.

    Written by the transaction of what it tells, delivered afterwards: a message that is here was meant, one that is
    not here was never sent. What staff are to do (call back, write a letter) is a message too, of another channel.
    """

    class Kind(models.TextChoices):
        LIAISON_NEW = "liaison_new", "New request, to the desk that has it"
        COPY = "copy", "New request, copy"
        HANDED_ON = "handed_on", "Handed on"
        AGENCY = "agency", "Referred to an agency"
        TRIAGE = "triage_failed", "Needs a decision"
        RECEIPT = "receipt", "Receipt"
        STAGE = "stage", "Stage"
        NOTE = "note", "Public note"
        CLOSED = "closed", "Closed"
        REOPENED = "reopened", "Reopened"
        DETAILS = "details_added", "Details added"
        LAYER = "layer", "A layer's file was fetched"

    class Channel(models.TextChoices):
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text message"
        PHONE = "phone", "Telephone"
        POST = "post", "Letter"

    class State(models.TextChoices):
        PENDING = "pending", "Waits"
        SENDING = "sending", "On its way"
        SENT = "sent", "Sent"
        FAILED = "failed", "Failed"
        SUPPRESSED = "suppressed", "Not sent any more"

    class To(models.TextChoices):
        REPORTER = "reporter", "The reporter"
        POST = "post", "A desk"
        USER = "user", "A person of staff"
        AGENCY = "agency", "An agency"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, null=True, related_name="messages")
    kind = models.CharField(max_length=14, choices=Kind)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    recipient = models.CharField(max_length=8, choices=To)
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    to_address = models.TextField(blank=True)  # blank once it is forgotten
    language = models.CharField(max_length=10)
    is_urgent = models.BooleanField(default=False)
    subject = models.CharField(max_length=200)
    body_text = models.TextField(blank=True)
    body_html = models.TextField(blank=True)
    wants_picture = models.BooleanField(default=False)
    picture = models.ForeignKey(Picture, on_delete=models.SET_NULL, null=True, related_name="messages")
    stop_link = models.TextField(blank=True)  # for the List-Unsubscribe header
    # What is told once is told once: the same event gives the same key.
    dedupe_key = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    attempts = models.SmallIntegerField(default=0)
    doubts = models.SmallIntegerField(default=0)  # attempts of which nobody knows whether they arrived
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")  # by hand
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(state="sent") | Q(sent_at__isnull=False), name="message_sent_has_time"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(claimed_at__isnull=False), name="message_sending_has_time"
            ),
        ]
        indexes = [
            models.Index(
                fields=["-is_urgent", "not_before", "id"],
                name="message_due",
                condition=Q(state="pending", channel="email"),
            ),
            models.Index(
                fields=["jurisdiction", "created_at"],
                name="message_by_hand",
                condition=Q(state="pending") & ~Q(channel="email"),
            ),
            models.Index(fields=["claimed_at"], name="message_on_its_way", condition=Q(state="sending")),
            models.Index(fields=["request", "created_at"], name="message_of_request"),
            models.Index(fields=["jurisdiction", "-created_at"], name="message_outbox"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} by {self.channel}: {self.state}"

    @property
    def is_by_hand(self) -> bool:
        """Whether staff deliver it: a call, a text message, a letter."""
        return self.channel != self.Channel.EMAIL
