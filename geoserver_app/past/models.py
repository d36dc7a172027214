"""What is kept of where an imported request came from: the run that brought it, and its words in the old system."""

from django.db import models


class ImportRun(models.Model):
    """One import of one file: which, by which mapping, when, and what came of every row of it.

    ``ended_at`` is empty while it runs, and stays so where it was killed: the same command again goes on, in a run of
    its own. Not the requests: those are rows of intake, each with an Origin.
    """

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    mapping = models.TextField()  # as it was read, so that it can be told years later what was made of a column
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)

    class Meta:
        ordering = ["jurisdiction_id", "-pk"]

    def __str__(self) -> str:
        return f"{self.source}: {self.file_name}"


class Origin(models.Model):
    """A request as the old system had it: its areas there, links to its photos, columns that have no place here.

    ``digest`` is over everything that was made of its rows: the same again is left alone. ``lines`` is how many lines
    of history the import wrote; one more means that somebody worked on it here, and a later import leaves it alone.
    """

    request = models.OneToOneField(
        "intake.ServiceRequest", on_delete=models.CASCADE, primary_key=True, related_name="origin"
    )
    digest = models.CharField(max_length=32)
    lines = models.SmallIntegerField()
    areas = models.JSONField(default=dict)  # kind to what the old system said: {"council_district": "13"}
    photo_links = models.JSONField(default=list)  # never fetched
    kept = models.JSONField(default=dict)  # column to value, verbatim

    def __str__(self) -> str:
        return f"origin of {self.request_id}"
