from django.db import models
from django.db.models import F, Q


class Difference(models.Model):
    """A person's word that two requests are not about the same thing; they are not put before anybody again.

    The pair stands once, the lower id first. Taken back by deleting it, which merging the two does.
    """

    first = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="difference_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="difference_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first_id} is not {self.second_id}"
