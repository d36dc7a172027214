from django.apps import AppConfig


class GisConfig(AppConfig):
    """The GIS desk: editions, their quality reports, and what is done with them."""

    name = "geoserver_app.gis"
    label = "gis_desk"
