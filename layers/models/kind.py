from django.db import models
from django.db.models import Q


class Kind(models.Model):
    """A kind of reference geography of one jurisdiction, with its policies: Almendra's beats.

    Not a file and not a set of shapes: those are editions of the kind. ``feature_class`` says which pair of tables
    (identities and shapes) its features stand in; ``geometry`` says what a feature is on the ground.
    """

    class FeatureClass(models.TextChoices):
        AREA = "area", "Areas"
        PARCEL = "parcel", "Parcels"
        ADDRESS_POINT = "address_point", "Address points"
        CENTERLINE = "centerline", "Street centerlines"
        ASSET = "asset", "Assets"
        LANDMARK = "landmark", "Landmarks"

    class Geometry(models.TextChoices):
        POLYGON = "polygon", "Polygons"
        LINE = "line", "Lines"
        POINT = "point", "Points"
        ANY = "any", "Points, lines or polygons"

    class Overlap(models.TextChoices):
        ONE = "one", "One: the lowest priority number, then the lowest code"
        ALL = "all", "All that cover the place"

    jurisdiction = models.ForeignKey("layers.Jurisdiction", on_delete=models.PROTECT, related_name="kinds")
    code = models.CharField(max_length=60)
    feature_class = models.CharField(max_length=20, choices=FeatureClass)
    geometry = models.CharField(max_length=10, choices=Geometry)
    name = models.CharField(max_length=80)
    names = models.JSONField(default=dict, blank=True)
    width_m = models.FloatField(null=True, blank=True)  # full width on the ground of a line kind (an easement)
    overlap = models.CharField(max_length=5, choices=Overlap, default=Overlap.ONE)
    gap_m = models.FloatField(default=0)  # a point outside every area counts to the nearest one up to here
    near_border_m = models.FloatField(default=15)  # a point nearer to a border than this is marked near-border
    # Each of its areas should lie in one area of this kind: beats in divisions. The quality report holds them to it.
    nests_in = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    attribute_schema = models.JSONField(default=dict, blank=True)  # JSON Schema of the attributes of a shape
    on_map = models.BooleanField(default=False)  # offered as a switchable layer on the map
    position = models.IntegerField(default=100)  # order in lists

    class Meta:
        ordering = ["jurisdiction_id", "position", "code"]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "code"], name="kind_once_in_jurisdiction"),
            models.CheckConstraint(condition=Q(gap_m__gte=0) & Q(near_border_m__gte=0), name="kind_metres_positive"),
            models.CheckConstraint(
                condition=Q(width_m__isnull=True) | Q(geometry="line", width_m__gt=0), name="kind_width_of_lines_only"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.jurisdiction_id}:{self.code}"

    def name_in(self, language: str) -> str:
        """The kind's name in a language ("es")."""
        return str(self.names.get(language) or self.name)
