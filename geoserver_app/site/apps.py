from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "geoserver_app.site"
    label = "city_site"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.site import checks  # noqa: F401  (registers the system checks)
