from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Our own JSON API: the door for the city's own systems."""

    name = "geoserver_app.api"
