from django.apps import AppConfig


class WorkConfig(AppConfig):
    name = "geoserver_app.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"
