from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "geoserver_app.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
