from django.apps import AppConfig


class AdminDoorConfig(AppConfig):
    name = "geoserver_app.admin"
    label = "admin_door"
    verbose_name = "Administration"
