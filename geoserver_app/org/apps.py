from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "geoserver_app.org"
    label = "org"
    default_auto_field = "django.db.models.BigAutoField"
