from django.urls import path

from geoserver_app.plan import pages

urlpatterns = [
    path("", pages.plan, name="plan"),
    path("map.svg", pages.drawn, name="plan_picture"),
    path("areas.csv", pages.sheet, name="plan_csv"),
    path("areas.geojson", pages.geojson, name="plan_geojson"),
]
