from django.apps import AppConfig


class RulebookConfig(AppConfig):
    """The pages on which rules are written, tried and put in force."""

    name = "geoserver_app.rulebook"
    label = "rulebook"
