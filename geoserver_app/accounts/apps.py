from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "geoserver_app.accounts"
    label = "accounts"
    verbose_name = "People"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from geoserver_app.accounts.held import scopes_of
        from layers.holders import register_holder

        register_holder("scopes", scopes_of)
