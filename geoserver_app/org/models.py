from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class CityHall(models.Model):
    """The office that answers for a jurisdiction: its telephone, its languages, the host names it is reached by.

    Every page shows the telephone number and the hours from here.
    """

    jurisdiction = models.OneToOneField("layers.Jurisdiction", on_delete=models.CASCADE, related_name="city_hall")
    telephone = models.CharField(max_length=40)
    languages = ArrayField(models.CharField(max_length=10), default=list)  # the first one is the default
    host_names = ArrayField(models.CharField(max_length=250), default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(languages__len__gt=0), name="city_hall_speaks_a_language"),
        ]

    def __str__(self) -> str:
        return f"City hall of {self.jurisdiction_id}"


class OfficeHours(models.Model):
    """One stretch of time in which the office is open on a weekday, in local time: Monday 7:00 to 18:00.

    A weekday without a row is closed (Almendra's Fridays).
    """

    class Weekday(models.IntegerChoices):
        MONDAY = 0
        TUESDAY = 1
        WEDNESDAY = 2
        THURSDAY = 3
        FRIDAY = 4
        SATURDAY = 5
        SUNDAY = 6

    city_hall = models.ForeignKey(CityHall, on_delete=models.CASCADE, related_name="hours")
    weekday = models.SmallIntegerField(choices=Weekday)
    opens = models.TimeField()
    closes = models.TimeField()

    class Meta:
        ordering = ["city_hall_id", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__gte=0, weekday__lte=6), name="office_hours_weekday"),
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="office_hours_open_before_close"),
            models.UniqueConstraint(fields=["city_hall", "weekday", "opens"], name="office_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}-{self.closes:%H:%M}"
