from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Prefetch, Q

from geoserver_app.org.models import Named


class ServiceGroup(Named):
    """A shelf on which services stand together: Streets and sidewalks. Not a department: residents choose by it."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="service_groups")
    code = models.SlugField(max_length=40)
    position = models.IntegerField(default=100)

    class Meta:
        ordering = ["jurisdiction_id", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="service_group_once")]


class ServiceQuerySet(models.QuerySet["Service"]):
    """Predicates on services; each returns a queryset."""

    def offered_on(self, day: date) -> Self:
        """Those that can be chosen on a local day: the day of retirement is the first on which they cannot."""
        return self.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=day))

    def with_form(self) -> Self:
        """With all their questions, fetched in one further query."""
        questions = ServiceAttribute.objects.order_by("position", "code")
        return self.prefetch_related(Prefetch("attributes", queryset=questions))

    def delete(self) -> tuple[int, dict[str, int]]:
        """Never: requests of all years name their service. Retire it (``retired_on``, ``successor``)."""
        raise models.ProtectedError("Services are retired, not deleted: set retired_on.", set(self))


class Service(Named):
    """Something a resident can ask for, under a short code that never changes: 'pothole'.

    Not a department's task list and not a request. The policies say how exactly a place is shown, what waits for a
    look before it is public, what counts as the same problem, and by when it is done. A service that the city stops
    offering is retired and may name its successor.
    """

    class Kind(models.TextChoices):
        REQUEST = "request", "Request for service"
        COMPLAINT = "complaint", "Complaint"
        INFORMATION = "information", "Information"
        SUGGESTION = "suggestion", "Suggestion"

    class Location(models.TextChoices):
        POINT = "point", "A point on the map"
        ADDRESS = "address", "An address"
        ASSET = "asset", "One of the city's assets"
        NONE = "none", "No place"

    class Privacy(models.TextChoices):
        EXACT = "exact", "The exact place"
        BLOCK_FACE = "block_face", "The block, not the house"
        CELL = "cell", "A cell of the map"
        AREA_ONLY = "area_only", "Only the area"
        HIDDEN = "hidden", "Not at all"

    class Publication(models.TextChoices):
        AT_ONCE = "at_once", "At once"
        AFTER_LOOK = "after_look", "After a look by staff"
        NEVER = "never", "Never"

    class Audience(models.TextChoices):
        PUBLIC = "public", "Public"
        INTERNAL = "internal", "Staff only"

    class Priority(models.TextChoices):
        LOW = "low", "Low"
        NORMAL = "normal", "Normal"
        HIGH = "high", "High"
        URGENT = "urgent", "Urgent"

    class DueUnit(models.TextChoices):
        OPEN_HOURS = "open_hours", "Hours in which City Hall is open"
        OPEN_DAYS = "open_days", "Days on which City Hall is open"
        HOURS = "hours", "Hours"
        DAYS = "days", "Days"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="services")
    group = models.ForeignKey(ServiceGroup, on_delete=models.PROTECT, related_name="services")
    # Whose service it is: its words and its target. Who gets a single request is decided by the rules.
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="services")
    code = models.SlugField(max_length=40)
    description = models.TextField(blank=True)
    descriptions = models.JSONField(default=dict, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.REQUEST)
    keywords = models.JSONField(default=dict, blank=True)  # {"en": ["hole in the street"], "es": ["bache"]}
    location = models.CharField(max_length=8, choices=Location, default=Location.POINT)
    asset_kind = models.CharField(max_length=60, blank=True)  # 'asset:street_light'
    snap_m = models.FloatField(default=0)  # a pin this near to an asset of the kind is taken to mean it
    privacy = models.CharField(max_length=10, choices=Privacy, default=Privacy.EXACT)
    text_publication = models.CharField(max_length=10, choices=Publication, default=Publication.AFTER_LOOK)
    photo_publication = models.CharField(max_length=10, choices=Publication, default=Publication.AFTER_LOOK)
    publication = models.CharField(max_length=8, choices=Audience, default=Audience.PUBLIC)
    sensitive = models.BooleanField(default=False)
    duplicate_radius_m = models.FloatField(default=0)  # 0: two requests are never taken for the same problem
    duplicate_days = models.IntegerField(default=0)
    same_problem_as = models.ManyToManyField("self", blank=True)  # a hole is reported as a sunken street too
    people_for_high = models.IntegerField(default=5)  # so many people affected by one thing make it urgent; 0: never
    people_for_urgent = models.IntegerField(default=0)
    priority = models.CharField(max_length=6, choices=Priority, default=Priority.NORMAL)
    due_amount = models.IntegerField(default=5)
    due_unit = models.CharField(max_length=10, choices=DueUnit, default=DueUnit.OPEN_DAYS)
    deciding_kind = models.CharField(max_length=60, blank=True)  # kind of area that decides whose it is: 'beat'
    retired_on = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, related_name="predecessors", null=True, blank=True)
    position = models.IntegerField(default=100)

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ["jurisdiction_id", "group__position", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "code"], name="service_once"),
            models.CheckConstraint(condition=Q(duplicate_radius_m__gte=0), name="service_duplicate_radius_positive"),
            models.CheckConstraint(condition=Q(duplicate_days__gte=0), name="service_duplicate_days_positive"),
            models.CheckConstraint(
                condition=Q(people_for_high__gte=0, people_for_urgent__gte=0), name="service_people_positive"
            ),
            models.CheckConstraint(condition=Q(due_amount__gte=0), name="service_due_positive"),
            models.CheckConstraint(condition=Q(snap_m__gte=0), name="service_snap_positive"),
            models.CheckConstraint(
                condition=Q(location="asset") & ~Q(asset_kind="") | ~Q(location="asset") & Q(asset_kind="", snap_m=0),
                name="service_asset_has_a_kind",
                violation_error_message="Where the place is an asset, say of which kind; else no kind and no snap.",
            ),
            models.CheckConstraint(
                condition=Q(sensitive=False) | Q(privacy__in=["area_only", "hidden"]),
                name="service_sensitive_has_no_place",
                violation_error_message="A sensitive service shows at most the area: privacy area_only or hidden.",
            ),
            models.CheckConstraint(
                condition=Q(sensitive=False) | Q(text_publication="never", photo_publication="never"),
                name="service_sensitive_has_no_text",
                violation_error_message="Texts and photos of a sensitive service are never published.",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | Q(retired_on__isnull=False) & ~Q(successor=F("id")),
                name="service_successor_of_a_retired",
                violation_error_message="Only a retired service has a successor, and it is another one.",
            ),
            *(
                models.CheckConstraint(condition=Q(**{f"{field}__in": values}), name=f"service_{field}_known")
                for field, values in (
                    ("kind", ["request", "complaint", "information", "suggestion"]),
                    ("location", ["point", "address", "asset", "none"]),
                    ("privacy", ["exact", "block_face", "cell", "area_only", "hidden"]),
                    ("text_publication", ["at_once", "after_look", "never"]),
                    ("photo_publication", ["at_once", "after_look", "never"]),
                    ("publication", ["public", "internal"]),
                    ("priority", ["low", "normal", "high", "urgent"]),
                    ("due_unit", ["open_hours", "open_days", "hours", "days"]),
                )
            ),
        ]

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Never: requests of all years name their service. Retire it (``retired_on``, ``successor``)."""
        raise models.ProtectedError(f"Service '{self.code}' is retired, not deleted: set retired_on.", {self})

    def description_in(self, language: str) -> str:
        """What the page says about it, in a language ("es")."""
        return str(self.descriptions.get(language) or self.description)

    def is_offered_on(self, day: date) -> bool:
        """Whether it can be chosen on a local day."""
        return self.retired_on is None or self.retired_on > day


class ServiceAttribute(models.Model):
    """One question of a service's form: "Where does the tree stand?".

    ``values`` lists the answers of a list question: ``{"key", "en", "es"}``, with ``stopper`` where an answer means
    "not through us" (its text in both languages and a telephone number), ``means`` where it is evidence of whose
    ground it is, ``retired`` where it is no longer offered but stands in past requests. ``shown_if`` makes the
    question depend on an earlier one. ``variable`` false is a line to read, not a question.
    """

    class Datatype(models.TextChoices):
        STRING = "string", "One line"
        NUMBER = "number", "Number"
        DATETIME = "datetime", "Day and time"
        TEXT = "text", "Several lines"
        SINGLEVALUELIST = "singlevaluelist", "One of a list"
        MULTIVALUELIST = "multivaluelist", "Several of a list"

    LISTS = (Datatype.SINGLEVALUELIST, Datatype.MULTIVALUELIST)
    MEANINGS = ("row", "private", "park", "wires", "fallen")

    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="attributes")
    code = models.SlugField(max_length=40)
    position = models.IntegerField()
    datatype = models.CharField(max_length=15, choices=Datatype)
    variable = models.BooleanField(default=True)
    required = models.BooleanField(default=False)
    question = models.JSONField(default=dict)  # {"en": ..., "es": ...}
    help = models.JSONField(default=dict, blank=True)
    values = models.JSONField(default=list, blank=True)
    shown_if = models.JSONField(null=True, blank=True)  # {"attribute": "place", "in": ["street", "park"]}
    private = models.BooleanField(default=False)  # the answer is never public
    retired_on = models.DateField(null=True, blank=True)  # no longer asked; past answers keep their question

    class Meta:
        ordering = ["service_id", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["service", "code"], name="service_attribute_once"),
            models.CheckConstraint(
                condition=Q(datatype__in=["string", "number", "datetime", "text", "singlevaluelist", "multivaluelist"]),
                name="service_attribute_datatype_known",
            ),
            models.CheckConstraint(
                condition=Q(variable=True) | Q(required=False), name="service_attribute_line_asks_nothing"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def is_list(self) -> bool:
        return self.datatype in self.LISTS


class Faq(models.Model):
    """A question that people ask often, with its answer, in every language; about a service, a group, or the city."""

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="faqs")
    code = models.SlugField(max_length=60)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="faqs", null=True, blank=True)
    group = models.ForeignKey(ServiceGroup, on_delete=models.PROTECT, related_name="faqs", null=True, blank=True)
    question = models.JSONField(default=dict)
    answer = models.JSONField(default=dict)
    position = models.IntegerField(default=100)

    class Meta:
        ordering = ["jurisdiction_id", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="faq_once")]

    def __str__(self) -> str:
        return self.code

    def question_in(self, language: str) -> str:
        """The question in a language ("es"), in English where it has no other."""
        return in_language(self.question, language)

    def answer_in(self, language: str) -> str:
        """The answer in a language ("es"), in English where it has no other."""
        return in_language(self.answer, language)


def in_language(texts: dict[str, str], language: str) -> str:
    """A text in a language, else in whatever language comes first; empty where there is none."""
    return texts.get(language) or next(iter(texts.values()), "")
