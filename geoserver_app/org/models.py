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


class Named(models.Model):
    """A name in the jurisdiction's first language, and the same in others: "Public Works", {"es": "Obras Públicas"}."""

    name = models.CharField(max_length=120)
    names = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def name_in(self, language: str) -> str:
        """The name in a language ("es"), in the first language where it has no other."""
        return str(self.names.get(language) or self.name)


class Holiday(Named):
    """A day on which the office stays closed though its weekday has hours: Thanksgiving 2026.

    One row a day and year, so that a moved or extra day is a row and not a rule: the days between Christmas and New
    Year, a day of mourning.
    """

    city_hall = models.ForeignKey(CityHall, on_delete=models.CASCADE, related_name="holidays")
    day = models.DateField()

    class Meta:
        ordering = ["city_hall_id", "day"]
        constraints = [models.UniqueConstraint(fields=["city_hall", "day"], name="holiday_once")]


class Department(Named):
    """A part of the city's own staff that requests are handed to: Public Works. Not a contractor: see Agency."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="departments")
    code = models.SlugField(max_length=40)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    active = models.BooleanField(default=True)  # one that was dissolved keeps its history

    class Meta:
        ordering = ["jurisdiction_id", "name"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="department_once")]


class Post(Named):
    """A desk that requests are addressed to, whoever sits at it: the liaison of Public Works, the parking manager.

    Rules name posts, never persons, so that a new holder inherits the mail. Who holds it is told by accounts.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="posts")
    code = models.SlugField(max_length=40)
    email = models.EmailField(blank=True)  # the desk's own mailbox; else the department's
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["department_id", "code"]
        constraints = [models.UniqueConstraint(fields=["department", "code"], name="post_once")]

    @property
    def mailbox(self) -> str:
        """The address that mail for this desk goes to; empty where neither desk nor department has one."""
        return self.email or self.department.email


class Agency(Named):
    """Somebody outside City Hall whose job it is: the power company, the county sheriff, the city next door."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="agencies")
    code = models.SlugField(max_length=40)
    telephone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    url = models.URLField(blank=True)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["jurisdiction_id", "name"]
        verbose_name_plural = "agencies"
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="agency_once")]
