from layers.models.address import AddressPoint, AddressPointShape
from layers.models.area import Area, AreaBorder, AreaPiece, AreaShape, Succession
from layers.models.asset import Asset, AssetShape, Landmark, LandmarkShape
from layers.models.edition import Edition, EditionChange, StagedFeature
from layers.models.jurisdiction import Jurisdiction
from layers.models.kind import Kind
from layers.models.parcel import Parcel, ParcelShape
from layers.models.quality import QualityChange, QualityFinding, QualityHandover, QualityReport
from layers.models.street import Centerline, CenterlineShape

__all__ = [
    "AddressPoint",
    "AddressPointShape",
    "Area",
    "AreaBorder",
    "AreaPiece",
    "AreaShape",
    "Asset",
    "AssetShape",
    "Centerline",
    "CenterlineShape",
    "Edition",
    "EditionChange",
    "Jurisdiction",
    "Kind",
    "Landmark",
    "LandmarkShape",
    "Parcel",
    "ParcelShape",
    "QualityChange",
    "QualityFinding",
    "QualityHandover",
    "QualityReport",
    "StagedFeature",
    "Succession",
]
