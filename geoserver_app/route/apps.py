from django.apps import AppConfig


class RouteConfig(AppConfig):
    name = "geoserver_app.route"
    label = "route"
    default_auto_field = "django.db.models.BigAutoField"
