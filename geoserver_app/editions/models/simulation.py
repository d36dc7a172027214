from django.db import models


class Simulation(models.Model):
    """What a draft would move of the requests of the last days, worked out by a job for a page.

    ``result`` is what editions/simulated.py makes of it; nothing else was written for it.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="simulations")
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
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=models.Q(days__gt=0), name="simulation_of_some_days")]

    def __str__(self) -> str:
        return f"{self.edition_id} over {self.days} days ({self.state})"

    @property
    def percent(self) -> int:
        return 0 if self.total == 0 else min(100, self.done * 100 // self.total)

    @property
    def is_running(self) -> bool:
        return self.state in (self.State.WAITING, self.State.RUNNING)
