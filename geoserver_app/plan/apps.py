from django.apps import AppConfig


class PlanConfig(AppConfig):
    """What capital planners ask: which areas have how much of what, by residents, streets, parcels; repeat places."""

    name = "geoserver_app.plan"
    label = "plan"
