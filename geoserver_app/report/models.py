from django.db import models


class Pace(models.Model):
    """How often one visitor did something in one stretch of time: guards against a flood without accounts.

    ``visitor`` is a keyed hash of the network address that changes every day, so that nobody can be followed by it.
    Rows are dropped when they are a day old. Not a log of who reported what: it does not name a request.
    """

    visitor = models.BinaryField(max_length=16)
    action = models.CharField(max_length=10)
    since = models.DateTimeField()  # beginning of the stretch
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visitor", "action", "since"], name="report_pace_once")]
        indexes = [models.Index(fields=["since"], name="report_pace_since")]

    def __str__(self) -> str:
        return f"{self.action} {self.count} since {self.since:%H:%M}"
