"""Django's autodiscovery looks for this module; each part of the administration stands in a file of its own."""

from geoserver_app.admin import catalog, office, people, reference, rules

__all__ = ["catalog", "office", "people", "reference", "rules"]
