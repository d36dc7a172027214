from django.apps import AppConfig


class BriefConfig(AppConfig):
    """One area's page, printed sheet and offline map: neighborhoods and block-watch groups, of the public set."""

    name = "geoserver_app.brief"
    label = "brief"
