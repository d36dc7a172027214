"""The WSGI application that the server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")

_django = get_wsgi_application()

# These read settings when they are imported, so after Django has been set up.
from django.urls import get_resolver  # noqa: E402  see above

from geoserver_app.maps.fast import PublicDataDoor  # noqa: E402  see above

# Everything that answers is imported before the server listens; else whoever comes first waits seconds for it.
_patterns = get_resolver().url_patterns

application = PublicDataDoor(_django)
