"""Django's autodiscovery looks for this module; each part of the administration stands in a file of its own."""

from geoserver_app.admin import office, people, reference

__all__ = ["office", "people", "reference"]
