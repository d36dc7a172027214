"""Identity against shape: what a rule, a person or a page refers to for ever, and how it looked for a time."""

from typing import Any

from django.contrib.gis.db import models

from layers.fields import Int4MultiRangeField

# A reference between rows that are written by the hundred thousand, or a copy of one (a shape's kind is its feature's).
# It has no constraint of its own: layers/guards.py compares those of all rows of a statement at once, which is stricter
# and far cheaper. It has no index of its own either, because a unique constraint begins with it.
GUARDED: dict[str, Any] = {"db_constraint": False, "db_index": False}
COPIED: dict[str, Any] = GUARDED | {"on_delete": models.PROTECT}


class Feature(models.Model):
    """An identity: something with a code that stays the same when it is redrawn. Concrete classes name the code."""

    kind = models.ForeignKey("layers.Kind", related_name="+", **COPIED)

    class Meta:
        abstract = True


class Shape(models.Model):
    """How a feature looked in some editions of its kind. Content never changes: a redrawn feature gets a new row.

    ``editions`` holds edition numbers; an unchanged shape is carried on because its last range is open at the top.
    ``in_force`` is true where the shape stands in the kind's current edition, false where it stood or will stand in
    force on other days, and null while it belongs to drafts alone: partial indexes hang on true and false.
    Those name their column as an expression (``GistIndex("geom", ...)``): of one with ``fields=["geom"]`` Django's
    PostGIS schema editor drops the condition without a word.
    ``content_hash`` is 16 bytes over geometry and attributes, once per feature.
    """

    kind = models.ForeignKey("layers.Kind", related_name="+", **(COPIED | {"db_index": True}))
    editions = Int4MultiRangeField()
    in_force = models.BooleanField(null=True)
    content_hash = models.BinaryField(max_length=16)
    attributes = models.JSONField(default=dict)

    class Meta:
        abstract = True
