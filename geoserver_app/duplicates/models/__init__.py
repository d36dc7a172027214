from geoserver_app.duplicates.models.difference import Difference
from geoserver_app.duplicates.models.joining import Joining

__all__ = ["Difference", "Joining"]
