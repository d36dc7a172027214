from django.apps import AppConfig


class OrganizationConfig(AppConfig):
    name = "geoserver_app.org"
    label = "org"
    verbose_name = "Office and departments"
    default_auto_field = "django.db.models.BigAutoField"
