from django.apps import AppConfig


class FollowConfig(AppConfig):
    name = "geoserver_app.follow"
    label = "follow"
    default_auto_field = "django.db.models.BigAutoField"
