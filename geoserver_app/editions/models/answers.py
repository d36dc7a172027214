from django.db import models


class AcceptedClass(models.Model):
    """The analyst looked at a class of finding of a draft's report and lets it come in: the two overlaps are known.

    ``count`` is how many there were: a later report that finds more asks again.
    """

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="accepted_classes")
    found = models.CharField(max_length=30)
    count = models.IntegerField()
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "found"], name="accepted_class_once")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.found}"


class SetAside(models.Model):
    """A holder of an area that is gone with a draft keeps naming it, and somebody said that this is right.

    ``holder`` and ``key`` name who (editions/holders.py): the rule "south_side_patrol", the assignment 12.
    """

    edition = models.ForeignKey("layers.Edition", on_delete=models.CASCADE, related_name="set_aside")
    area = models.ForeignKey("layers.Area", on_delete=models.CASCADE, related_name="+")
    holder = models.CharField(max_length=30)
    key = models.CharField(max_length=100)
    by = models.ForeignKey("accounts.User", on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["edition", "area", "holder", "key"], name="set_aside_once")]

    def __str__(self) -> str:
        return f"{self.edition_id}: {self.holder} {self.key}"
