from django.apps import AppConfig


class IntakeConfig(AppConfig):
    name = "geoserver_app.intake"
    label = "intake"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.intake.placed import open_requests_in
        from layers.holders import register_placed

        register_placed("open_requests", open_requests_in)
