from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Membership(models.Model):
    """An area that a request counts to other than by plainly lying in it: the trace of linking.

    Plain memberships stand in the request's own array of areas only; these rows say why the others are there, how far
    away the border is and which areas it might be instead. "Gap" has no area: the kind divides the city and leaves
    this place out. "Manual" is what staff chose; it stands until the place is moved.
    """

    class Method(models.TextChoices):
        EDGE = "edge", "The border goes through the place"
        NEAR_BORDER = "near_border", "Near the border"
        BRIDGED = "bridged", "In a gap, counted to the nearest"
        AMBIGUOUS = "ambiguous", "Several cover the place"
        MANUAL = "manual", "Chosen by staff"
        GAP = "gap", "In a gap, counted to none"

    # The index behind membership_once finds those of a request; nobody asks for all of a kind.
    request = models.ForeignKey(
        "intake.ServiceRequest", on_delete=models.CASCADE, related_name="memberships", db_index=False
    )
    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey("layers.Area", on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    method = models.CharField(max_length=12, choices=Method)
    distance_m = models.FloatField(null=True, blank=True)  # to the area's border, along the metric plane
    alternatives = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        ordering = ["request_id", "kind_id", "area_id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "area"], name="membership_once", nulls_distinct=False),
            models.CheckConstraint(
                condition=Q(method="gap", area__isnull=True) | Q(area__isnull=False) & ~Q(method="gap"),
                name="membership_only_a_gap_has_no_area",
            ),
            models.CheckConstraint(
                condition=Q(distance_m__isnull=True) | Q(distance_m__gte=0), name="membership_distance_positive"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.kind_id} {self.method}"
