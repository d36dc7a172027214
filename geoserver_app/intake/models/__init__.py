from geoserver_app.intake.models.answer import Answer
from geoserver_app.intake.models.incident import Incident
from geoserver_app.intake.models.media import Media, MediaLink
from geoserver_app.intake.models.reporter import Reporter
from geoserver_app.intake.models.request import ServiceRequest
from geoserver_app.intake.models.review import Review
from geoserver_app.intake.models.tracking import RunningNumber

__all__ = ["Answer", "Incident", "Media", "MediaLink", "Reporter", "Review", "RunningNumber", "ServiceRequest"]
