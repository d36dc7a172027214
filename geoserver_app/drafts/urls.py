"""Drafts of reference geography, below /console/gis/: loaded, answered about, previewed, drawn, put in force."""

from django.urls import path

from geoserver_app.drafts import drawing, edition, incoming, preview, sources, turning

urlpatterns = [
    path("editions/<int:edition_id>/", edition.edition_page, name="gis_edition"),
    path("editions/<int:edition_id>/answers/", edition.answer, name="gis_answer"),
    path("editions/<int:edition_id>/activate/", turning.activate, name="gis_activate"),
    path("editions/<int:edition_id>/roll-back/", turning.roll_back, name="gis_roll_back"),
    path("editions/<int:edition_id>/turn.json", turning.state, name="gis_turn_state"),
    path("editions/<int:edition_id>/preview/", preview.preview_page, name="gis_preview"),
    path("editions/<int:edition_id>/preview/state.json", preview.state, name="gis_preview_state"),
    path("editions/<int:edition_id>/preview/map.json", preview.map_data, name="gis_preview_map"),
    path("editions/<int:edition_id>/preview/map.svg", preview.picture, name="gis_preview_picture"),
    path("editions/<int:edition_id>/preview/requests.csv", preview.sheet, name="gis_preview_csv"),
    path("editions/<int:edition_id>/draw/", drawing.draw_page, name="gis_draw"),
    path("editions/<int:edition_id>/draw/areas.json", drawing.areas, name="gis_draw_areas"),
    path("kinds/<str:kind>/draft/", drawing.new_draft, name="gis_new_draft"),
    path("files/", incoming.upload, name="gis_upload"),
    path("files/<int:incoming_id>/", incoming.incoming_page, name="gis_incoming"),
    path("files/<int:incoming_id>/state.json", incoming.state, name="gis_incoming_state"),
    path("sources/", sources.sources_page, name="gis_sources"),
    path("sources/<int:source_id>/", sources.change, name="gis_source"),
]
