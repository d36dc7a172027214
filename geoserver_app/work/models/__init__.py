from geoserver_app.work.models.copy import Copy
from geoserver_app.work.models.history import StatusChange
from geoserver_app.work.models.order import WorkOrder
from geoserver_app.work.models.resolution import Resolution
from geoserver_app.work.models.satisfaction import Satisfaction

__all__ = ["Copy", "Resolution", "Satisfaction", "StatusChange", "WorkOrder"]
