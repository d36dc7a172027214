from django.apps import AppConfig


class MapsConfig(AppConfig):
    name = "geoserver_app.maps"
    label = "maps"
    default_auto_field = "django.db.models.BigAutoField"
