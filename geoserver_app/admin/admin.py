"""Django's autodiscovery looks for this module; each part of the administration stands in a file of its own."""

from geoserver_app.admin import catalog, office, open311, people, reference, rules

__all__ = ["catalog", "office", "open311", "people", "reference", "rules"]
