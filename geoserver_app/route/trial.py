"""What a change is tried on the past with: a job asked for, its progress and what came out."""

from __future__ import annotations

from django.db import models


class Trial(models.Model):
    """A trial of a draft on the requests of the last days, worked out by a job for a page."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    days = models.IntegerField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    total = models.IntegerField(default=0)
    done = models.IntegerField(default=0)
    problem = models.TextField(blank=True)
    result = models.JSONField(default=dict)

    class Meta:
        abstract = True
        ordering = ["-pk"]

    @property
    def percent(self) -> int:
        return 0 if self.total == 0 else min(100, self.done * 100 // self.total)

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)
