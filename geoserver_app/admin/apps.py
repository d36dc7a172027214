from django.apps import AppConfig
from django.contrib.admin import apps as django_admin


class AdminDoorConfig(AppConfig):
    name = "geoserver_app.admin"
    label = "admin_door"
    verbose_name = "Administration"
    default = True


class RoleAdminConfig(django_admin.AdminConfig):
    """Django's administration, on a site of ours."""

    default_site = "geoserver_app.admin.door.RoleAdminSite"
    default = False
