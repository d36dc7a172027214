from django.urls import path

from geoserver_app.report import data, known_pages, page, sent

urlpatterns = [
    path("", page.report, name="report"),
    path("sent/", sent.page, name="report_sent"),
    path("services", data.services, name="report_services"),
    path("form", data.form, name="report_form"),
    path("places", data.places, name="report_places"),
    path("here", data.here, name="report_here"),
    path("assets", data.things, name="report_assets"),
    path("same", data.known, name="report_same"),
    path("known", known_pages.panel, name="report_known"),
    path("known/enough", known_pages.thanks, name="report_known_enough"),
    path("photos", data.photos, name="report_photos"),
    path("photos/<str:token>", data.photo, name="report_photo"),
]
