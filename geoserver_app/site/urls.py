from django.urls import path

from geoserver_app.site import small

urlpatterns = [
    path("site.webmanifest", small.manifest, name="manifest"),
    path("robots.txt", small.robots, name="robots"),
    path("favicon.ico", small.favicon, name="favicon"),
]
