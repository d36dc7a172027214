from django.urls import path

from geoserver_app.feeds import door

app_name = "feeds"
urlpatterns = [
    path("", door.index, name="index"),
    path("requests.atom", door.atom, name="atom"),
    path("requests.csv", door.as_csv, name="csv"),
    path("requests.geojson", door.geojson, name="geojson"),
]
