from django.apps import AppConfig


class ReportConfig(AppConfig):
    name = "geoserver_app.report"
