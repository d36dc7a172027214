from django.apps import AppConfig


class PastConfig(AppConfig):
    name = "geoserver_app.past"
    label = "past"
    default_auto_field = "django.db.models.BigAutoField"
