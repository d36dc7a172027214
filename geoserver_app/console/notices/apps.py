from django.apps import AppConfig


class NoticesConfig(AppConfig):
    name = "geoserver_app.console.notices"
    label = "notices"
