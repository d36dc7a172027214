"""What the page says about a place at once: what it is called, whose it is, and what has to be asked there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from geoserver_app.catalog.form import check_answers
from geoserver_app.catalog.models import Service
from geoserver_app.link.ground import OWNERSHIP, settle
from geoserver_app.link.one import link
from geoserver_app.link.subject import subject_at
from geoserver_app.maps.here import Here, what_is_here
from geoserver_app.report import assets
from geoserver_app.report.assets import Thing
from geoserver_app.report.draft import NO_ASSET, Spot
from geoserver_app.report.what import asks_about_ground
from layers.models import Jurisdiction

Answers = Mapping[str, list[str]]


@dataclass(frozen=True)
class Neighbor:
    """Whose land it is outside of the city, and how to reach them; empty where nobody knows."""

    name: str = ""
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True)
class Around:
    """``question`` is the form's question that decides on which side of a parcel's line it is, where that is in doubt.

    ``thing`` is the asset that the pin means. ``neighbor`` is None inside of the city.
    """

    headline: str
    neighbor: Neighbor | None
    question: str
    thing: Thing | None


def around(
    jurisdiction: Jurisdiction, service: Service | None, spot: Spot, answers: Answers, *, at: datetime
) -> Around:
    """What there is to say of a pinned spot; writes nothing."""
    here = what_is_here(jurisdiction, *spot.position)
    thing = thing_meant(jurisdiction, service, spot) if service else None
    question = line_question(service, spot, answers, at=at) if service and thing is None else ""
    return Around(here.headline, None if here.inside else _neighbor(here), question, thing)


def _neighbor(here: Here) -> Neighbor:
    if here.municipality is None:
        return Neighbor()
    telephone = str(here.municipality.attributes.get("telephone") or "")
    return Neighbor(here.municipality_name, here.municipality_contact, telephone)


def thing_meant(jurisdiction: Jurisdiction, service: Service, spot: Spot) -> Thing | None:
    """The asset that was tapped, else the nearest within reach of the pin; None where somebody said that it is none."""
    if spot.asset == NO_ASSET or spot.lon is None or spot.lat is None or service.location != Service.Location.ASSET:
        return None
    return assets.by_id(jurisdiction, service, spot.asset_id) or assets.nearest(service, spot.lon, spot.lat)


def line_question(service: Service, spot: Spot, answers: Answers, *, at: datetime) -> str:
    """The question of ownership, where the ground alone cannot answer it and it has not been answered; else empty."""
    code = asks_about_ground(service)
    if not code or answers.get(code):
        return ""
    cleaned = check_answers(service, answers).cleaned
    subject = subject_at(
        service, *spot.position, at=at, answers=cleaned, place_method=spot.method, accuracy_m=spot.accuracy_m
    )
    links = link(subject)
    in_doubt = links.inside and settle(links.ground, links.evidence).doubt & OWNERSHIP
    return code if in_doubt else ""
