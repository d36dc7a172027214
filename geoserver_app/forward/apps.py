from django.apps import AppConfig


class ForwardConfig(AppConfig):
    """Referrals to agencies that have an Open311 endpoint of their own."""

    name = "geoserver_app.forward"
