from django.apps import AppConfig


class MeasureConfig(AppConfig):
    """What the management reads: requests by department and service, contacts by channel and year."""

    name = "geoserver_app.measure"
    label = "measure"
