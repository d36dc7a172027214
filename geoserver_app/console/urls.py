"""The staff's addresses. Every view says who may open it (accounts.doors); what a person sees there, their rights."""

from django.urls import include, path

from geoserver_app.console import (
    act,
    api_keys,
    map_page,
    outbox_pages,
    photos,
    place,
    queue,
    request_page,
    same,
    service,
    why,
)
from geoserver_app.console.notices import urls as notices
from geoserver_app.console.repeat import urls as repeat
from geoserver_app.console.take import urls as take
from geoserver_app.maps import heat, listed, summary

urlpatterns = [
    path("", queue.console, name="console"),
    path("new/", include(take)),
    path("same/", same.desk_page, name="console_same"),
    path("requests/<str:number>/same/", same.act_on_one, name="console_same_one"),
    path("notices/", include(notices)),
    path("", include(repeat)),
    path("map/", map_page.staff_map, name="console_map"),
    path("map/summary", summary.staff_summary, name="console_map_summary"),
    path("map/heat", heat.staff_heat, name="console_map_heat"),
    path("map/list", listed.staff_list, name="console_map_list"),
    path("map/card/<str:number>", listed.staff_card, name="console_map_card"),
    path("pins.json", queue.pins, name="console_pins"),
    path("newer.json", queue.newer, name="console_newer"),
    path("requests/<str:number>/", request_page.request_page, name="console_request"),
    path("requests/<str:number>/why/", why.why_page, name="console_why"),
    path("requests/<str:number>/place/", place.place_page, name="console_place"),
    path("requests/<str:number>/service/", service.service_page, name="console_service"),
    path("requests/<str:number>/act/<slug:code>/", act.act, name="console_act"),
    path("requests/<str:number>/photos/<int:media_id>/", photos.photo, name="console_photo"),
    path("api-keys/", api_keys.api_keys, name="console_api_keys"),
    path("api-keys/<int:key_id>/revoke/", api_keys.revoke_key, name="console_revoke_key"),
    path("outbox/", outbox_pages.messages_sent, name="console_outbox"),
    path("outbox/by-hand/", outbox_pages.by_hand, name="console_by_hand"),
    path("outbox/by-hand/<int:message_id>/", outbox_pages.tick_off, name="console_tick_off"),
    path("outbox/<int:message_id>/", outbox_pages.message_page, name="console_message"),
    path("outbox/<int:message_id>/html/", outbox_pages.message_html, name="console_message_html"),
    path("outbox/<int:message_id>/again/", outbox_pages.send_again, name="console_send_again"),
]
