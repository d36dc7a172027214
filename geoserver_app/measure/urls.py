from django.urls import path

from geoserver_app.measure import pages

urlpatterns = [
    path("", pages.performance, name="performance"),
    path("requests.csv", pages.sheet, name="performance_csv"),
    path("contacts.csv", pages.contacts_sheet, name="performance_contacts_csv"),
]
