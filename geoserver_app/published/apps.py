from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class PublishedConfig(AppConfig):
    name = "geoserver_app.published"
    label = "published"
    verbose_name = "Published map"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.published import schema

        pre_migrate.connect(schema.before_migrations, sender=self)
        post_migrate.connect(schema.after_migrations, sender=self)
