from django.db import models


class Copy(models.Model):
    """A desk that follows a request without having it: the manager to whom a rule sends a copy.

    Whoever sits there may see the request and is told what happens to it; working on it is for those who have it.
    """

    request = models.ForeignKey("intake.ServiceRequest", on_delete=models.CASCADE, related_name="copies")
    post = models.ForeignKey("org.Post", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")  # none: a rule

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "post"], name="copy_once")]
        indexes = [models.Index(fields=["post", "request"], name="copy_of_post")]

    def __str__(self) -> str:
        return f"{self.request_id}: copy to {self.post_id}"
