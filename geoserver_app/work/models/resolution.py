from django.db import models

from geoserver_app.org.models import Named


class Resolution(Named):
    """How a request ended, as a code that departments share: "repaired", which means that it was fixed.

    The code is the city's own; the meaning is the same everywhere, so that departments and cities can be compared.
    Never deleted: one that is not used any more is retired.
    """

    class Meaning(models.TextChoices):
        FIXED = "fixed", "Fixed"
        ANSWERED = "answered", "Question answered"
        PLANNED = "planned", "Planned for later"
        NO_ACTION = "no_action", "Nothing had to be done"
        NOT_FOUND = "not_found", "Not found at the place"
        DUPLICATE = "duplicate", "Reported before"
        REFERRED = "referred", "Given to somebody else"
        WITHDRAWN = "withdrawn", "Withdrawn by the reporter"
        DECLINED = "declined", "Will not be done"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="+")
    code = models.SlugField(max_length=40)
    sentence = models.TextField()  # what the resident is told: "The work has been done."
    sentences = models.JSONField(default=dict, blank=True)
    meaning = models.CharField(max_length=10, choices=Meaning)
    position = models.SmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["jurisdiction_id", "position", "code"]
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="resolution_once")]

    def sentence_in(self, language: str) -> str:
        """What the resident is told, in a language."""
        return str(self.sentences.get(language) or self.sentence)
