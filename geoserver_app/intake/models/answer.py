from django.db import models


class Answer(models.Model):
    """What a reporter answered to one question of the service's form; a list for a multivaluelist."""

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="answers")
    attribute = models.ForeignKey("catalog.ServiceAttribute", on_delete=models.PROTECT, related_name="+")
    value = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "attribute"], name="answer_once")]
