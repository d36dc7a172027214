from django.db import models
from django.db.models import Q


class WorkOrder(models.Model):
    """What a crew is sent out to do for a request: order 8812, the night crew, on Tuesday.

    A request may have several (barricade tonight, repair next week). ``number`` is the department's own, out of its own
    software, by which completion comes back.
    """

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="work_orders")
    department = models.ForeignKey("org.Department", on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=40, blank=True)
    crew = models.CharField(max_length=80, blank=True)
    scheduled_on = models.DateField(null=True)
    note = models.TextField(blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, null=True, related_name="+")
    done_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["request_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "number"], condition=~Q(number=""), name="work_order_number_once"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(cancelled_at__isnull=True), name="work_order_ends_one_way"
            ),
        ]
        indexes = [
            models.Index(
                fields=["department", "scheduled_on"],
                name="work_order_open",
                condition=Q(done_at__isnull=True, cancelled_at__isnull=True),
            )
        ]

    def __str__(self) -> str:
        return self.number or f"work order {self.pk}"

    @property
    def is_open(self) -> bool:
        return self.done_at is None and self.cancelled_at is None
