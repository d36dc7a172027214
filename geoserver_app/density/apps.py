from django.apps import AppConfig


class DensityConfig(AppConfig):
    name = "geoserver_app.density"
    label = "density"
    default_auto_field = "django.db.models.BigAutoField"
