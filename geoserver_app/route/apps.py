from django.apps import AppConfig


class RouteConfig(AppConfig):
    name = "geoserver_app.route"
    label = "route"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.route.held import rules_of
        from layers.holders import register_holder

        register_holder("rules", rules_of)
