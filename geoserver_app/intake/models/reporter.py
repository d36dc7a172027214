from django.db import models


class Reporter(models.Model):
    """Who reported a request and how to tell them: all personal data there is, in this table alone, all optional.

    The hashes are keyed (HMAC with a key of the installation), so that "earlier requests of this caller" can be found
    without searching numbers in the clear; they are no use without the key.
    """

    class TellBy(models.TextChoices):
        NONE = "none", "Do not tell me"
        EMAIL = "email", "E-mail"
        TEXT = "text", "Text message"
        PHONE = "phone", "Telephone"
        POST = "post", "Letter"

    request = models.OneToOneField("intake.ServiceRequest", on_delete=models.CASCADE, related_name="reporter")
    name = models.CharField(max_length=120, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    postal_address = models.TextField(blank=True)
    tell_by = models.CharField(max_length=6, choices=TellBy, default=TellBy.NONE)
    language = models.CharField(max_length=10, default="en")
    email_hash = models.BinaryField(max_length=16, null=True)
    phone_hash = models.BinaryField(max_length=16, null=True)

    class Meta:
        indexes = [
            models.Index(fields=["email_hash"], name="reporter_email", condition=models.Q(email_hash__isnull=False)),
            models.Index(fields=["phone_hash"], name="reporter_phone", condition=models.Q(phone_hash__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"reporter of {self.request_id}"
