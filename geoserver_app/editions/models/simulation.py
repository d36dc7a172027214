from django.db import models

from geoserver_app.route.trial import Trial


class Simulation(Trial):
    """What a draft would move of the requests of the last days, worked out by a job for a page.

    ``result`` is what editions/simulated.py makes of it; nothing else was written for it.
    """

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="simulations")

    class Meta(Trial.Meta):
        constraints = [models.CheckConstraint(condition=models.Q(days__gt=0), name="simulation_of_some_days")]

    def __str__(self) -> str:
        return f"{self.edition_id} over {self.days} days ({self.state})"
