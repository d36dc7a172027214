from datetime import date

from django.contrib.auth.models import AbstractUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from geoserver_app.accounts.roles import Role


class User(AbstractUser):
    """Somebody who logs in: staff of the city or of an agency. Residents need no account.

    What somebody may do comes from assignments alone; ``is_staff`` and groups of Django give nothing here.
    """

    class Meta:
        verbose_name = "user"
        verbose_name_plural = "users"
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                condition=~Q(email=""),
                name="user_email_once",
                violation_error_message="Somebody else logs in with this e-mail address.",
            )
        ]


class Assignment(models.Model):
    """A role that a person has in a jurisdiction, and over what: Lena is liaison of Public Works.

    ``department`` empty means all departments; ``area_kind`` empty means everywhere, otherwise only requests in one of
    ``area_codes`` of that kind (a deputy's beats, a council member's district). Requests of sensitive services are
    seen only with ``sensitive``. Not a post: that says whose mail somebody gets.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="assignments")
    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=20, choices=Role)
    department = models.ForeignKey(
        "org.Department", on_delete=models.PROTECT, related_name="assignments", null=True, blank=True
    )
    area_kind = models.CharField(max_length=60, blank=True)
    area_codes = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    sensitive = models.BooleanField(default=False)
    from_day = models.DateField(null=True, blank=True)
    to_day = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["user_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=Role.values), name="assignment_role_known"),
            models.CheckConstraint(
                condition=Q(area_kind="", area_codes__len=0) | (~Q(area_kind="") & Q(area_codes__len__gt=0)),
                name="assignment_areas_with_kind",
                violation_error_message="Name both the kind of area and at least one code, or neither.",
            ),
            models.CheckConstraint(
                condition=Q(from_day__isnull=True) | Q(to_day__isnull=True) | Q(from_day__lte=F("to_day")),
                name="assignment_from_before_to",
                violation_error_message="The last day must not be before the first.",
            ),
            models.CheckConstraint(
                condition=~Q(role=Role.LIAISON) | Q(department__isnull=False),
                name="assignment_liaison_of_a_department",
                violation_error_message="A liaison is the liaison of a department: name it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"

    def holds_on(self, day: date) -> bool:
        """Whether it holds on a local day; both ends are inclusive."""
        return (self.from_day is None or self.from_day <= day) and (self.to_day is None or day <= self.to_day)


class PostHolder(models.Model):
    """A person who sits at a desk: gets its mail, and is offered first when work is assigned."""

    post = models.ForeignKey("org.Post", on_delete=models.CASCADE, related_name="holders")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="posts")

    class Meta:
        ordering = ["post_id", "user_id"]
        constraints = [models.UniqueConstraint(fields=["post", "user"], name="post_holder_once")]

    def __str__(self) -> str:
        return f"{self.post_id}: {self.user_id}"


class ApiKey(models.Model):
    """A program that may speak to a jurisdiction in its owner's name: the app of a neighborhood council.

    The key itself is shown once, when it is made; kept are its first letters, to tell keys apart, and its hash. What it
    may do are its ``scopes``; how often, its limits. One that is not wanted any more is revoked, never deleted.
    ``tells_reporters``: the program tells its people itself, so no mail of ours goes to them.

    With ``user`` it acts for somebody of the staff, as far as ``FOR_STAFF`` among its scopes allow, and never further
    than that person's own assignments in this jurisdiction do at the moment of the call.
    """

    class Scope(models.TextChoices):
        REPORT = "report", "Send requests"
        UPDATE = "update", "Add to the requests that it sent"
        READ = "read", "See requests as its person does"
        WORK = "work", "Take requests on as its person may"

    FOR_STAFF = (Scope.READ, Scope.WORK)

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="api_keys")
    name = models.CharField(max_length=80)
    contact = models.EmailField(blank=True)
    start = models.CharField(max_length=12)
    key_hash = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope), default=list)
    per_minute = models.PositiveIntegerField(default=60)
    per_day = models.PositiveIntegerField(default=5000)
    tells_reporters = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, related_name="+", null=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", null=True)

    class Meta:
        ordering = ["jurisdiction_id", "revoked_at", "name", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "name"],
                condition=Q(revoked_at__isnull=True),
                name="api_key_name_once",
                violation_error_message="Another key has this name already.",
            ),
            models.CheckConstraint(condition=Q(per_minute__gte=1, per_day__gte=1), name="api_key_may_do_something"),
            models.CheckConstraint(
                condition=~Q(scopes__overlap=["read", "work"]) | Q(user__isnull=False),
                name="api_key_of_staff_has_a_person",
                violation_error_message="Name the person for whom this key sees or takes requests on.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ApiUse(models.Model):
    """How often a key was used in one stretch of time (a minute, or a day of UTC). Old ones are swept away."""

    key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="uses")
    seconds = models.IntegerField()
    since = models.DateTimeField()
    count = models.IntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "seconds", "since"], name="api_use_once")]

    def __str__(self) -> str:
        return f"{self.key_id}: {self.count} since {self.since:%Y-%m-%d %H:%M}"
