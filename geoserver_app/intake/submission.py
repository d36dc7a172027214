"""What a door hands to flow: one report, as told, checked for form but not yet for place."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from geoserver_app.intake.models import ServiceRequest


@dataclass(frozen=True)
class Contact:
    """Who reports and how to tell them; everything may be empty."""

    name: str = ""
    email: str = ""
    phone: str = ""
    postal_address: str = ""
    tell_by: str = "none"

    @property
    def is_anonymous(self) -> bool:
        return not (self.name or self.email or self.phone or self.postal_address)


@dataclass(frozen=True)
class Photo:
    """A photo made safe by intake.photos: JPEG bytes without metadata, and a thumbnail."""

    content: bytes
    thumbnail: bytes
    width: int
    height: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A report. ``lon``, ``lat`` are degrees (EPSG:4326); ``accuracy_m`` is what the device says of its own position.

    ``requested_datetime`` is when the resident asked (aware); None means now. ``answers`` maps attribute codes to
    cleaned values (see catalog.form). ``idempotency_key`` makes a second sending of the same report return the first.
    """

    jurisdiction_id: int
    service_id: int
    channel: str
    language: str = "en"
    description: str = ""
    lon: float | None = None
    lat: float | None = None
    accuracy_m: float | None = None
    place_method: str = ServiceRequest.PlaceMethod.NONE
    address_text: str = ""
    asset_id: int | None = None
    answers: dict[str, Any] = field(default_factory=dict)
    contact: Contact = field(default_factory=Contact)
    photos: tuple[Photo, ...] = ()
    requested_datetime: datetime | None = None
    idempotency_key: str | None = None
    source: str = ""
    external_id: str = ""
    media_urls: tuple[str, ...] = ()  # kept as they are, never fetched
    incident_id: int | None = None  # "add yourself": one more report of a known incident
