"""The GIS desk's addresses, below /console/gis/."""

from django.urls import path

from geoserver_app.gis import pages

urlpatterns = [
    path("", pages.desk_page, name="gis_desk"),
    path("editions/<int:edition_id>/report/", pages.report_page, name="gis_report"),
    path("editions/<int:edition_id>/report/check/", pages.check, name="gis_check"),
    path("editions/<int:edition_id>/report/state.json", pages.report_state, name="gis_report_state"),
    path("editions/<int:edition_id>/report/report.json", pages.report_json, name="gis_report_json"),
    path("editions/<int:edition_id>/report/report.txt", pages.report_text, name="gis_report_text"),
    path("editions/<int:edition_id>/report/map.json", pages.report_map, name="gis_report_map"),
    path("editions/<int:edition_id>/report/map.svg", pages.report_picture, name="gis_report_picture"),
]
