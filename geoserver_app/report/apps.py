from django.apps import AppConfig


class ReportConfig(AppConfig):
    """The residents' door: a report from the web."""

    name = "geoserver_app.report"
