from django.apps import AppConfig


class AnalyseConfig(AppConfig):
    name = "geoserver_app.analyse"
    label = "analyse"
    default_auto_field = "django.db.models.BigAutoField"
