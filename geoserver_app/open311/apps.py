from django.apps import AppConfig


class Open311Config(AppConfig):
    """Open311 GeoReport v2: the door for other people's programs."""

    name = "geoserver_app.open311"
