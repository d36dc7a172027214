from django.apps import AppConfig


class FollowConfig(AppConfig):
    name = "geoserver_app.follow"
