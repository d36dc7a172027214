"""The standard kinds of reference geography with their default policies, and how a kind comes to a jurisdiction."""

import re
from dataclasses import dataclass, field
from typing import Any

from layers.errors import BadFile, Conflict
from layers.models import Jurisdiction, Kind

POPULATION: dict[str, Any] = {
    "population": {"type": "integer", "minimum": 0},
    "population_year": {"type": "integer"},
}
CONTACT: dict[str, Any] = {name: {"type": "string"} for name in ("contact", "telephone", "email", "url")}
_CODE = re.compile(r"^[a-z][a-z0-9_]*(:[a-z0-9_-]+)?$")


@dataclass(frozen=True)
class StandardKind:
    """What a kind is until a jurisdiction says otherwise; ``properties`` are the attributes a shape may carry."""

    code: str
    name: str
    name_es: str
    feature_class: str = "area"
    geometry: str = "polygon"
    width_m: float | None = None
    overlap: str = "one"
    gap_m: float = 0.0
    near_border_m: float = 15.0
    on_map: bool = False
    position: int = 100
    properties: dict[str, Any] = field(default_factory=dict)


_STANDARD = (
    StandardKind(
        "municipality", "Municipalities", "Municipios", on_map=False, position=5, properties=POPULATION | CONTACT
    ),
    StandardKind(
        "neighborhood", "Neighborhoods", "Vecindarios", overlap="all", gap_m=50, on_map=True, position=10,
        properties=POPULATION | CONTACT,
    ),
    StandardKind("beat", "Police beats", "Sectores policiales", gap_m=50, on_map=True, position=20,
                 properties=POPULATION | CONTACT),
    StandardKind("council_district", "Council districts", "Distritos del concejo", gap_m=50, on_map=True, position=30,
                 properties=POPULATION | CONTACT | {"council_member": {"type": "string"}}),
    StandardKind("maintenance_zone", "Maintenance zones", "Zonas de mantenimiento", gap_m=50, on_map=True,
                 position=40, properties=CONTACT | {"crew": {"type": "string"}}),
    StandardKind("block_watch", "Block-watch groups", "Grupos de vigilancia vecinal", overlap="all", on_map=True,
                 position=50, properties=POPULATION | CONTACT),
    StandardKind("right_of_way", "Rights-of-way", "Vía pública", overlap="all", near_border_m=5, position=60,
                 properties={"owner": {"type": "string"}}),
    StandardKind("park", "Parks", "Parques", overlap="all", near_border_m=10, on_map=True, position=70,
                 properties=CONTACT | {"owner": {"type": "string"}, "hours": {"type": "string"}}),
    StandardKind("easement", "Utility easements", "Servidumbres de servicios", geometry="line", width_m=6.0,
                 overlap="all", near_border_m=5, on_map=True, position=80,
                 properties={"owner": {"type": "string"}, "utility": {"type": "string"}}),
    StandardKind("zipcode_area", "ZIP code areas", "Áreas de código postal", gap_m=50, on_map=True, position=90,
                 properties=POPULATION),
    StandardKind("census_tract", "Census tracts", "Secciones censales", gap_m=50, on_map=True, position=95,
                 properties=POPULATION),
    StandardKind("water", "Water", "Agua", geometry="any", overlap="all", near_border_m=5, position=110),
    StandardKind("building", "Buildings", "Edificios", overlap="all", near_border_m=2, position=120,
                 properties={"levels": {"type": "integer"}}),
    StandardKind("rail", "Rail lines", "Vías férreas", geometry="line", overlap="all", position=130,
                 properties={"owner": {"type": "string"}}),
    StandardKind("parcel", "Parcels", "Parcelas", "parcel", overlap="all", near_border_m=5, position=200,
                 properties=POPULATION | {"units": {"type": "integer"}, "year_built": {"type": "integer"}}),
    StandardKind("address_point", "Address points", "Direcciones", "address_point", "point", position=210),
    StandardKind("centerline", "Street centerlines", "Ejes de calles", "centerline", "line", position=220,
                 properties={"ref": {"type": "string"}, "owner": {"type": "string"}}),
    StandardKind("landmark", "Landmarks", "Lugares conocidos", "landmark", "any", position=230, properties=CONTACT),
)  # fmt: skip
STANDARD = {kind.code: kind for kind in _STANDARD}


@dataclass(frozen=True)
class KindChoice:
    """What a loader said of a kind on the command line; None leaves the standard (or what is stored) as it is."""

    geometry: str | None = None
    name: str | None = None
    name_es: str | None = None
    width_m: float | None = None
    overlap: str | None = None
    gap_m: float | None = None
    near_border_m: float | None = None
    on_map: bool | None = None

    def given(self) -> dict[str, Any]:
        """Columns of Kind that were named, with their values; the Spanish name is not among them."""
        names = ("geometry", "name", "width_m", "overlap", "gap_m", "near_border_m", "on_map")
        return {name: getattr(self, name) for name in names if getattr(self, name) is not None}


def ensure_kind(jurisdiction: Jurisdiction, code: str, choice: KindChoice | None = None) -> Kind:
    """The kind of a jurisdiction, made on first use from the standard or, for a kind of its own, from ``choice``.

    Writes (call it in the load's transaction). BadFile for a kind that is unknown and not described; Conflict where
    ``choice`` contradicts the geometry of a kind that is already there.
    """
    choice = choice or KindChoice()
    kind = Kind.objects.filter(jurisdiction=jurisdiction, code=code).first()
    if kind is not None:
        return _adjusted(kind, choice)
    columns = _columns(_standard(code, choice), choice)
    kind, _ = Kind.objects.get_or_create(jurisdiction=jurisdiction, code=code, defaults=columns)
    return kind


def _adjusted(kind: Kind, choice: KindChoice) -> Kind:
    given = choice.given()
    if given.get("geometry", kind.geometry) != kind.geometry:
        raise Conflict(
            f"Kind {kind.code} is there with geometry {kind.geometry}, not {choice.geometry}. "
            "Leave --geometry out, or load it under another kind."
        )
    if choice.name_es is not None:
        given["names"] = kind.names | {"es": choice.name_es}
    changed = {name: value for name, value in given.items() if getattr(kind, name) != value}
    for name, value in changed.items():
        setattr(kind, name, value)
    if changed:
        kind.save(update_fields=list(changed))
    return kind


def _standard(code: str, choice: KindChoice) -> StandardKind:
    if code in STANDARD:
        return STANDARD[code]
    if not _CODE.match(code):
        raise BadFile(
            f"Kind {code!r} is no code: use lower-case letters, digits and underscores, or asset:TYPE (asset:tree)."
        )
    if code.startswith("asset:"):
        label = code.removeprefix("asset:").replace("_", " ").capitalize()
        owner = {"owner": {"type": "string"}}
        return StandardKind(code, label, label, "asset", "any", overlap="all", position=300, properties=owner)
    if choice.geometry is None or choice.name is None:
        raise BadFile(
            f"There is no kind {code!r} yet. The standard kinds are {', '.join(sorted(STANDARD))} and asset:TYPE; "
            "for one of your own say --geometry polygon|line|point and --name too."
        )
    return StandardKind(code, choice.name, choice.name, geometry=choice.geometry, on_map=True, position=150)


def _columns(standard: StandardKind, choice: KindChoice) -> dict[str, Any]:
    schema = {"type": "object", "properties": standard.properties} if standard.properties else {}
    name_es = choice.name_es or (standard.name_es if choice.name is None else choice.name)
    columns: dict[str, Any] = {
        "feature_class": standard.feature_class,
        "geometry": standard.geometry,
        "name": standard.name,
        "names": {"es": name_es},
        "width_m": standard.width_m,
        "overlap": standard.overlap,
        "gap_m": standard.gap_m,
        "near_border_m": standard.near_border_m,
        "attribute_schema": schema,
        "on_map": standard.on_map,
        "position": standard.position,
    }
    columns |= choice.given()
    if columns["geometry"] != "line":
        columns["width_m"] = None
    return columns
