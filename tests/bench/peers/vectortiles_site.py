"""A site that serves the points by django-vectortiles, as its documentation shows: for comparison alone."""

import os
from typing import Any

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="measured on the loopback alone",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.gis", "vectortiles"],
    DATABASES={
        "default": {
            "ENGINE": "django.contrib.gis.db.backends.postgis",
            "NAME": os.environ["PEER_DBNAME"],
            "USER": os.environ["PEER_USER"],
            "PASSWORD": os.environ.get("PEER_PASSWORD", ""),
            "HOST": os.environ.get("PEER_HOST", ""),
            "PORT": os.environ.get("PEER_PORT", ""),
            "CONN_MAX_AGE": None,
            "OPTIONS": {"options": "-c search_path=bench_peers,public,postgis -c jit=off"},
        }
    },
)
django.setup()

from django.contrib.gis.db import models  # noqa: E402  after the settings
from django.core.wsgi import get_wsgi_application  # noqa: E402  after the settings
from django.urls import path  # noqa: E402  after the settings
from vectortiles.backends.postgis import VectorLayer  # noqa: E402  after the settings
from vectortiles.views import MVTView  # noqa: E402  after the settings


class Point(models.Model):
    """One incident of the public set."""

    number = models.TextField()
    service_code = models.TextField()
    is_open = models.BooleanField()
    geom = models.PointField()

    class Meta:
        app_label = "peers"
        managed = False
        db_table = "point"


class PointLayer(VectorLayer):
    model = Point
    id = "point"
    geom_field = "geom"
    tile_fields = ("number", "is_open")

    def __init__(self, service_code: str) -> None:
        super().__init__()
        self.service_code = service_code

    def get_queryset(self) -> Any:
        every = Point.objects.all()
        return every.filter(service_code=self.service_code) if self.service_code else every


class PointTiles(MVTView):
    def get_layers(self) -> list[PointLayer]:
        return [PointLayer(self.request.GET.get("service_code", ""))]


urlpatterns = [path("tiles/<int:z>/<int:x>/<int:y>", PointTiles.as_view())]
application = get_wsgi_application()
