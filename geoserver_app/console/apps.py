from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "geoserver_app.console"
