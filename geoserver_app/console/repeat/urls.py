"""The register of repeat places."""

from django.urls import path

from geoserver_app.console.repeat import pages

urlpatterns = [
    path("repeat/", pages.register, name="console_repeat"),
    path("repeat.csv", pages.sheet, name="console_repeat_csv"),
    path("repeat/<slug:kind>/<int:pk>/", pages.place, name="console_repeat_place"),
]
