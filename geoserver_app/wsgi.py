"""The WSGI application that the server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "geoserver_app.settings")

_django = get_wsgi_application()

# Reads settings when it is imported, so after Django has been set up.
from geoserver_app.maps.fast import PublicDataDoor  # noqa: E402  see above

application = PublicDataDoor(_django)
