from django.urls import path

from geoserver_app.feeds import sensitive

urlpatterns = [
    path("", sensitive.page, name="sensitive"),
    path("counts.csv", sensitive.as_csv, name="sensitive_csv"),
]
