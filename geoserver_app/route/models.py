from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from geoserver_app.route.trial import Trial


class RuleSet(models.Model):
    """One version of who gets what in a jurisdiction: a table of defaults under a short ordered list of exceptions.

    Drafts are edited; once active a version never changes again (a trigger refuses it), so that every decision can be
    replayed by the rules that made it. One version is active at a time.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="rule_sets")
    version = models.IntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    note = models.TextField(blank=True)
    # Who gets what lies too near to a line to be decided by the map, until somebody has asked.
    safe_post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    # Who gets what no rule knows, what lies outside the city, and what a failing rule left behind.
    triage_post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    activated_at = models.DateTimeField(null=True, blank=True)
    activated_by = models.ForeignKey(
        "accounts.User", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["jurisdiction_id", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "version"], name="rule_set_version_once"),
            models.UniqueConstraint(fields=["jurisdiction"], condition=Q(state="active"), name="rule_set_one_active"),
            models.CheckConstraint(
                condition=Q(state="draft", activated_at__isnull=True)
                | ~Q(state="draft") & Q(activated_at__isnull=False),
                name="rule_set_active_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"rules {self.version} ({self.state})"


class Outcome(models.Model):
    """Who gets a request and how urgent it is; what a rule leaves empty comes from the table of defaults."""

    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    priority = models.CharField(max_length=6, blank=True)  # empty: as the service says
    copies = models.ManyToManyField("org.Post", related_name="+", blank=True)  # who is told at the same time

    class Meta:
        abstract = True


class DefaultRoute(Outcome):
    """Who gets the requests of a service, everywhere or in one area of the kind that decides it.

    Weeds go to Code Enforcement; in the beats of the north side to the inspector of the north side. The row of an area
    goes before the row of everywhere.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="defaults")
    service = models.ForeignKey("catalog.Service", on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("layers.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True)

    class Meta:
        ordering = ["rule_set_id", "service_id", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "service", "area"], name="default_route_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(department__isnull=False), name="default_route_has_a_department"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.department_id}"


class Rule(Outcome):
    """An exception to the table of defaults: "A tree that touches wires goes to Public Utilities".

    ``condition`` is as its author wrote it, with codes (route/condition.py says which there are); ``resolved`` is the
    same with ids, frozen when the version became active. The first rule that matches wins.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="rules")
    position = models.SmallIntegerField()
    code = models.SlugField(max_length=60)
    sentences = models.JSONField(default=dict)  # {"en": ..., "es": ...}: the rule as a person says it
    condition = models.JSONField(default=dict)
    resolved = models.JSONField(default=dict, editable=False)
    agency = models.ForeignKey("org.Agency", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    triage = models.BooleanField(default=False)

    class Meta:
        ordering = ["rule_set_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_set", "position"], name="rule_position_once", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["rule_set", "code"], name="rule_code_once"),
            models.CheckConstraint(condition=Q(position__gt=0), name="rule_position_from_one"),
            models.CheckConstraint(
                condition=Q(triage=False) | Q(department__isnull=True, post__isnull=True, agency__isnull=True),
                name="rule_triage_decides_nothing",
                violation_error_message="A rule that sends to triage names no department, post or agency.",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def sentence_in(self, language: str) -> str:
        """The rule as a person says it, in a language ("es"), else in whatever language comes first."""
        return str(self.sentences.get(language) or next(iter(self.sentences.values()), self.code))


class RuleSimulation(Trial):
    """What a version would have decided otherwise of the requests of the last days, worked out by a job for a page.

    ``result`` is what route/simulate.py makes of it (ids, not names); nothing else was written for it. ``against`` is
    the version in force at that time, None where there was none.
    """

    rule_set = models.ForeignKey(RuleSet, on_delete=models.CASCADE, related_name="simulations")
    against = models.ForeignKey(RuleSet, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta(Trial.Meta):
        constraints = [models.CheckConstraint(condition=Q(days__gt=0), name="rule_simulation_of_some_days")]

    def __str__(self) -> str:
        return f"{self.rule_set_id} over {self.days} days ({self.state})"


class Decision(models.Model):
    """Who got a request, by which rules, and everything the rules looked at: enough to replay it in words.

    Appended at every routing; the newest is current. Rules are named by their position in an immutable version. Ids
    without a constraint come from rows of that version, which nobody can delete: a million decisions need not be
    checked one by one against tables that the version has checked already.
    """

    class Way(models.TextChoices):
        RULE = "rule", "An exception matched"
        DEFAULT = "default", "The table of defaults"
        SAFE = "safe", "Too near to a line to be decided by the map"
        OUTSIDE = "outside", "Outside the city"
        NONE = "none", "No rule and no default"

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="decisions")
    rule_set = models.ForeignKey(RuleSet, on_delete=models.PROTECT, related_name="+", null=True, db_index=False)
    decided_at = models.DateTimeField()
    is_current = models.BooleanField(default=True)
    way = models.CharField(max_length=7, choices=Way)
    winner = models.SmallIntegerField(null=True)  # position of the first rule that matched
    runner_up = models.SmallIntegerField(null=True)  # and of the second
    candidates = ArrayField(models.SmallIntegerField(), null=True)  # positions between which a line could not decide
    default_route = models.BigIntegerField(null=True)
    department = models.BigIntegerField(null=True)
    post = models.BigIntegerField(null=True)
    agency = models.BigIntegerField(null=True)
    priority = models.CharField(max_length=6)
    triage = models.BooleanField(default=False)
    copies = ArrayField(models.BigIntegerField(), null=True)
    # The facts.
    service = models.BigIntegerField()
    area_ids = ArrayField(models.BigIntegerField(), default=list)  # of those that the rules name
    lies_on = models.SmallIntegerField(default=0)  # bits of link.ground.Lies, as measured
    doubt = models.SmallIntegerField(default=0)
    means = models.CharField(max_length=10, blank=True)
    asset_kind = models.CharField(max_length=60, blank=True)
    asset_owner = models.CharField(max_length=40, blank=True)
    owner_class = models.CharField(max_length=40, blank=True)
    land_use = models.CharField(max_length=60, blank=True)
    answers = models.JSONField(null=True)  # of the questions that the rules ask about
    channel = models.CharField(max_length=16)
    language = models.CharField(max_length=10)
    minute = models.SmallIntegerField()  # of the local week, from Monday 0:00
    office_open = models.BooleanField()
    base_priority = models.CharField(max_length=6)

    class Meta:
        ordering = ["request_id", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["request"], condition=Q(is_current=True), name="decision_one_current"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.way}"
