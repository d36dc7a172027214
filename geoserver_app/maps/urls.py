from django.urls import path

from geoserver_app.maps import heat, here, listed, page, picture, places, request_tile, summary

urlpatterns = [
    path("", page.public_map, name="map"),
    path("here", here.here_page, name="here"),
    path("here.json", here.here_json, name="here_json"),
    path("geocode.json", places.geocode_json, name="geocode_json"),
    path("suggest.json", places.suggest_json, name="suggest_json"),
    path("reverse_geocode.json", places.reverse_geocode_json, name="reverse_geocode_json"),
    path("map.svg", picture.map_svg, name="map_svg"),
    path("map/summary", summary.map_summary, name="map_summary"),
    path("map/heat", heat.map_heat, name="map_heat"),
    path("map/tiles/<int:z>/<int:x>/<int:y>.mvt", request_tile.map_tile, name="map_tile"),
    path("map/list", listed.map_list, name="map_list"),
    path("map/card/<str:number>", listed.map_card, name="map_card"),
]
