"""Known problems."""

from django.urls import path

from geoserver_app.console.notices import pages

urlpatterns = [
    path("", pages.listed, name="console_notices"),
    path("new/", pages.new, name="console_notice_new"),
    path("<int:pk>/", pages.one, name="console_notice"),
    path("<int:pk>/lift/", pages.lift, name="console_notice_lift"),
]
