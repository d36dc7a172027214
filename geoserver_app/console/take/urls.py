from django.urls import path

from geoserver_app.console.take import done, look, page

urlpatterns = [
    path("", page.take, name="take"),
    path("look/", look.look, name="take_look"),
    path("services.json", look.services, name="take_services"),
    path("places.json", look.places, name="take_places"),
    path("done/<str:number>/", done.done, name="take_done"),
]
