from django.db import models


class CodeAttempts(models.Model):
    """How many wrong codes were tried in one hour: for one tracking number, or from one address of the network.

    Both are kept as keyed hashes only, whether or not there is a request with the number. In the database, because
    several server processes count together. Rows older than a day are swept as new ones come in.
    """

    key = models.BinaryField(max_length=16)
    hour = models.DateTimeField()
    count = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "hour"], name="code_attempts_once_an_hour")]
        indexes = [models.Index(fields=["hour"], name="code_attempts_hour")]
