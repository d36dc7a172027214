from django.apps import AppConfig


class RepeatConfig(AppConfig):
    name = "geoserver_app.console.repeat"
    label = "repeat"
