"""The six pairs of tables (identities and shapes) as the import sees them: which columns each has and their types."""

from dataclasses import dataclass

from django.db import models

from layers.models import (
    AddressPoint,
    AddressPointShape,
    Area,
    AreaShape,
    Asset,
    AssetShape,
    Centerline,
    CenterlineShape,
    Kind,
    Landmark,
    LandmarkShape,
    Parcel,
    ParcelShape,
)

FeatureClass = Kind.FeatureClass
MAX_CODE = 100  # of every identity's code column


@dataclass(frozen=True)
class Field:
    """A column of a shape that an import fills. ``type`` is text or integer; ``choices`` limits a text."""

    name: str
    type: str = "text"
    max_length: int | None = None
    choices: tuple[str, ...] = ()
    default: str | None = ""


@dataclass(frozen=True)
class FeatureTables:
    """The tables of a feature class. ``code`` is the identity's column, ``parent`` the shape's foreign key to it.

    ``inputs`` are names a crosswalk may map besides the fields: they are split into several of them.
    """

    identity: type[models.Model]
    shape: type[models.Model]
    code: str
    parent: str
    fields: tuple[Field, ...]
    inputs: tuple[str, ...] = ()
    multi: bool = False  # its geometry column holds multi geometries only
    plane: bool = False

    @property
    def identity_table(self) -> str:
        return self.identity._meta.db_table

    @property
    def shape_table(self) -> str:
        return self.shape._meta.db_table

    @property
    def field_names(self) -> list[str]:
        return [field.name for field in self.fields]


def _fields(shape: type[models.Model], *names: str) -> tuple[Field, ...]:
    return tuple(_field(shape._meta.get_field(name)) for name in names)


def _field(column: "models.Field[object, object] | object") -> Field:
    assert isinstance(column, models.Field)  # noqa: S101  names above are columns
    if isinstance(column, models.IntegerField):
        return Field(column.name, "integer", default=None)
    choices = tuple(str(value) for value, _ in column.choices or ())
    default = str(column.default) if column.has_default() else ""
    return Field(column.name, "text", column.max_length, choices, default)


TABLES: dict[str, FeatureTables] = {
    FeatureClass.AREA: FeatureTables(Area, AreaShape, "code", "area_id", _fields(AreaShape, "name"), ("priority",)),
    FeatureClass.PARCEL: FeatureTables(
        Parcel,
        ParcelShape,
        "parcel_number",
        "parcel_id",
        _fields(ParcelShape, "situs_address", "land_use", "owner_class"),
        multi=True,
    ),
    FeatureClass.ADDRESS_POINT: FeatureTables(
        AddressPoint,
        AddressPointShape,
        "address_id",
        "address_point_id",
        _fields(
            AddressPointShape,
            "address_number", "number_suffix", "pre_directional", "street_name", "post_type", "post_directional",
            "unit", "zip_code", "full_address",
        ),
        ("address", "street"),
    ),
    FeatureClass.CENTERLINE: FeatureTables(
        Centerline,
        CenterlineShape,
        "segment_id",
        "centerline_id",
        _fields(
            CenterlineShape,
            "pre_directional", "street_name", "post_type", "post_directional", "full_name", "road_class",
            "from_address_left", "to_address_left", "from_address_right", "to_address_right", "zip_left", "zip_right",
        ),
        ("street",),
        plane=True,
    ),
    FeatureClass.ASSET: FeatureTables(
        Asset, AssetShape, "asset_id", "asset_id", _fields(AssetShape, "name", "owner_class")
    ),
    FeatureClass.LANDMARK: FeatureTables(
        Landmark, LandmarkShape, "code", "landmark_id", _fields(LandmarkShape, "name", "category")
    ),
}  # fmt: skip
