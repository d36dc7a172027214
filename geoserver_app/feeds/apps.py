from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """The public set for programs: a feed, and files of all that filters choose."""

    name = "geoserver_app.feeds"
    label = "feeds"
