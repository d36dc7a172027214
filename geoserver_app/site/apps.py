from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "geoserver_app.site"
    label = "city_site"
    default_auto_field = "django.db.models.BigAutoField"
