from django.db import models


class Incident(models.Model):
    """One thing on the ground that needs doing: a pothole that thirty people reported.

    Every request has one from its first second; merging makes several requests share one. Backlog, deadlines, repeat
    places and plans count incidents; contacts, channels and satisfaction count requests.
    """

    # Incidents are found by their requests; an index that leads from a city to all of them is asked by nobody.
    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"incident {self.pk}"
