from django.apps import AppConfig


class LinkConfig(AppConfig):
    name = "geoserver_app.link"
    label = "link"
    default_auto_field = "django.db.models.BigAutoField"
