from django.db import models
from django.db.models import Q


class Turn(models.Model):
    """An edition put in force, come to its day, or taken back, or a version of the rules; how far requests followed.

    The days of the editions are changed by the transaction that writes this row, with the requests that are concerned
    (TurnRequest); those follow block by block, each block a transaction, so that a worker that dies is followed by
    another. A roll back ``undoes`` an activation, or what followed on its first day; that one stops where it is. A turn
    of the rules has neither kind nor edition; it undoes the one before where the version that was in force before that
    one comes back.
    """

    class Way(models.TextChoices):
        ACTIVATE = "activate", "Put in force"
        DAY = "day", "Its day came"
        ROLL_BACK = "roll_back", "Taken back"
        RULES = "rules", "Rules put in force"

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        UNDONE = "undone", "Taken back"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, null=True, related_name="+")
    edition = models.ForeignKey("layers.Edition", on_delete=models.PROTECT, null=True, related_name="turns")
    change = models.ForeignKey("layers.EditionChange", on_delete=models.PROTECT, null=True, related_name="+")
    way = models.CharField(max_length=9, choices=Way)
    undoes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="undone_by")
    state = models.CharField(max_length=7, choices=State, default=State.RUNNING)
    asked_by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    asked_at = models.DateTimeField()
    # No other turn of the city was under way when it was asked: what it found was what stood before it.
    alone = models.BooleanField(default=True)
    epoch = models.BigIntegerField()  # the jurisdiction's, after the editions were turned
    # The version of the rules and the scopes ([{"assignment", "before", "after"}]) that followed confirmed successions.
    rules_before = models.ForeignKey("route.RuleSet", on_delete=models.PROTECT, null=True, related_name="+")
    rules_after = models.ForeignKey("route.RuleSet", on_delete=models.PROTECT, null=True, related_name="+")
    scopes = models.JSONField(default=list)
    left = models.JSONField(default=list)  # codes of what a roll back found changed since, and let stand
    total = models.IntegerField(default=0)  # requests that are concerned
    done = models.IntegerField(default=0)
    moved = models.IntegerField(default=0)
    handed_on = models.IntegerField(default=0)
    restored = models.IntegerField(default=0)  # of a roll back: requests that are exactly as they were
    seen_at = models.DateTimeField()  # the last sign of life
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) | Q(way__in=["roll_back", "rules"]),
                name="turn_undoes_if_rolled_back",
            ),
            models.CheckConstraint(
                condition=Q(way="rules", rules_after__isnull=False, edition__isnull=True)
                | ~Q(way="rules") & Q(kind__isnull=False, edition__isnull=False, change__isnull=False),
                name="turn_of_an_edition_or_of_rules",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(finished_at__isnull=False), name="turn_done_has_its_moment"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.edition_id} ({self.state})"

    @property
    def followed(self) -> int:
        """How many requests have followed, with the share of the block that is under way."""
        told = getattr(self, "progress", None)
        running = told is not None and self.state == self.State.RUNNING
        return min(self.total, max(self.done, told.done)) if told is not None and running else self.done


class TurnProgress(models.Model):
    """How far a running turn says it is, written beside its transactions: shown, and nothing more."""

    turn = models.OneToOneField(Turn, on_delete=models.CASCADE, related_name="progress")
    done = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.turn_id}: {self.done}"


class TurnRequest(models.Model):
    """A request that a turn concerns: it lies on ground that changed hands, on a day whose edition changed.

    ``before`` is what the turn changed of it, as it was (columns of the request, its memberships, its decision, its
    copies and open reviews), null where it stayed the same. ``seen`` is the last line of its history when the turn was
    done with it: where there is a later one, somebody has worked on it since.
    """

    turn = models.ForeignKey(Turn, on_delete=models.CASCADE, related_name="requests")
    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="+")
    is_done = models.BooleanField(default=False)
    before = models.JSONField(null=True)
    seen = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "request"], name="turn_request_once"),
            models.CheckConstraint(
                condition=Q(before__isnull=True) | Q(seen__isnull=False), name="turn_change_is_seen"
            ),
        ]
        indexes = [
            models.Index(fields=["turn", "request"], name="turn_request_waits", condition=Q(is_done=False)),
        ]

    def __str__(self) -> str:
        return f"{self.turn_id}: {self.request_id}"
