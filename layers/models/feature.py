"""Identity against shape: what a rule, a person or a page refers to for ever, and how it looked for a time."""

from typing import Any

from django.contrib.gis.db import models

from layers.fields import Int4MultiRangeField

# A copy of what the row above says (a shape's kind is its feature's), there for look-ups. It has no constraint of its
# own: layers/guards.py compares the copies of all rows of a statement at once, which is stricter and far cheaper.
COPIED: dict[str, Any] = {"on_delete": models.PROTECT, "db_constraint": False, "db_index": False}


class Feature(models.Model):
    """An identity: something with a code that stays the same when it is redrawn. Concrete classes name the code."""

    # The unique constraint over kind and code is its index.
    kind = models.ForeignKey("layers.Kind", on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class Shape(models.Model):
    """How a feature looked in some editions of its kind. Content never changes: a redrawn feature gets a new row.

    ``editions`` holds edition numbers; an unchanged shape is carried on because its last range is open at the top.
    ``in_force`` is true where the shape stands in the kind's current edition: partial indexes hang on it.
    Those name their column as an expression (``GistIndex("geom", ...)``): of one with ``fields=["geom"]`` Django's
    PostGIS schema editor drops the condition without a word.
    ``content_hash`` is 16 bytes over geometry and attributes, once per feature.
    """

    kind = models.ForeignKey("layers.Kind", related_name="+", **(COPIED | {"db_index": True}))
    editions = Int4MultiRangeField()
    in_force = models.BooleanField(default=False)
    content_hash = models.BinaryField(max_length=16)
    attributes = models.JSONField(default=dict)

    class Meta:
        abstract = True
