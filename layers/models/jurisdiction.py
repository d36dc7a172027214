from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.contrib.gis.db import models
from django.db.models import Q

from layers.srid import STORAGE_SRID


class Jurisdiction(models.Model):
    """A government that this installation serves: the City of Almendra.

    Not the city next door, whose streets we may show and whose telephone number we give: that is an Area of kind
    ``municipality``. One row is usual, several work: every table, command, address and filter can name one.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)  # in other languages: {"es": "Ciudad de Almendra"}
    time_zone = models.CharField(max_length=60)
    metric_srid = models.IntegerField()
    outline = models.MultiPolygonField(srid=STORAGE_SRID)
    # Grows with every activation and roll back; stands in tile addresses and beside every stored membership.
    epoch = models.BigIntegerField(default=1)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(outline__isvalid=True), name="jurisdiction_outline_valid"),
            models.CheckConstraint(condition=Q(metric_srid__gt=0), name="jurisdiction_metric_srid_known"),
        ]

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name in a language ("es"), in its own language where it has no other."""
        return str(self.names.get(language) or self.name)

    def local_date(self, at: datetime) -> date:
        """The calendar day in this place at a moment (an aware datetime)."""
        return at.astimezone(ZoneInfo(self.time_zone)).date()
