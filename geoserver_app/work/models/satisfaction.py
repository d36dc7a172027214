from django.db import models


class Satisfaction(models.Model):
    """What the resident says afterwards: was it resolved, how was staff. One for each request, nobody's name.

    Tied to the request by the number and the code alone, so that an anonymous answer still counts for its service and
    its neighborhood.
    """

    class Resolved(models.TextChoices):
        YES = "yes", "Yes"
        PARTLY = "partly", "Partly"
        NO = "no", "No"

    class Rating(models.TextChoices):
        COURTEOUS = "courteous", "Courteous"
        DISCOURTEOUS = "discourteous", "Discourteous"
        OTHER = "other", "Other"
        NONE = "", "Not said"

    class Via(models.TextChoices):
        WEB = "web", "On the page"
        EMAIL = "email", "By the link in the mail"
        PHONE = "phone", "When called back"

    request = models.OneToOneField("intake.ServiceRequest", on_delete=models.CASCADE, related_name="satisfaction")
    resolved = models.CharField(max_length=6, choices=Resolved)
    rating = models.CharField(max_length=12, choices=Rating, blank=True, default=Rating.NONE)
    comment = models.TextField(blank=True)
    via = models.CharField(max_length=5, choices=Via, default=Via.WEB)
    language = models.CharField(max_length=10)
    at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(changed_at__gte=models.F("at")), name="satisfaction_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.resolved}"
