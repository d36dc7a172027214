from django.db import models


class RunningNumber(models.Model):
    """The last number given out in a jurisdiction and local year; locked for the blink in which one is taken."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.CASCADE, related_name="+")
    year = models.SmallIntegerField()
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "year"], name="running_number_once")]
