from django.urls import path

from geoserver_app.maps import here, page, picture, places, summary

urlpatterns = [
    path("", page.public_map, name="map"),
    path("here", here.here_page, name="here"),
    path("here.json", here.here_json, name="here_json"),
    path("geocode.json", places.geocode_json, name="geocode_json"),
    path("suggest.json", places.suggest_json, name="suggest_json"),
    path("reverse_geocode.json", places.reverse_geocode_json, name="reverse_geocode_json"),
    path("map.svg", picture.map_svg, name="map_svg"),
    path("map/summary", summary.map_summary, name="map_summary"),
]
