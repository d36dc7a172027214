from django.apps import AppConfig
from django.db.models.signals import post_migrate


class GeocodeConfig(AppConfig):
    name = "geoserver_app.geocode"
    label = "geocode"
    verbose_name = "Geocoder"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.geocode import fill
        from layers import activation

        activation.keep_beside(fill.fill_kind)
        post_migrate.connect(fill.after_migrations, sender=self)
