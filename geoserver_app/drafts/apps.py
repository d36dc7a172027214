from django.apps import AppConfig


class DraftsConfig(AppConfig):
    name = "geoserver_app.drafts"
    label = "drafts"
    verbose_name = "Drafts of reference geography"
