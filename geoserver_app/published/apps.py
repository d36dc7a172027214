from django.apps import AppConfig


class PublishedConfig(AppConfig):
    name = "geoserver_app.published"
    label = "published"
    default_auto_field = "django.db.models.BigAutoField"
