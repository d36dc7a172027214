"""Every address there is, how it is asked and to whom it opens: one row for each."""

from dataclasses import dataclass

from tests.rights.story import WHO

ALL = " ".join(WHO)
STAFF = "liaison other_liaison agent dispatcher trusted deputy other_deputy council planner gis manager admin"
PASSERS_BY = ("stranger", "with_code", "liaison", "trusted", "planner", "admin")
SEE = "liaison other_liaison agent dispatcher trusted deputy other_deputy council planner manager admin"
# Who sees a pothole in beat 1 and district C1 that the streets department has.
OF_ORDINARY = "liaison agent dispatcher trusted deputy council planner manager admin"
OF_MASKED = "agent dispatcher trusted deputy council planner manager admin"
WORKS = "liaison agent dispatcher trusted deputy manager"
OUTBOX = "dispatcher trusted manager admin"
GEOGRAPHY = "gis admin"
RULES = "admin"
BY_HAND = "liaison other_liaison agent dispatcher trusted manager"
PLACES = "liaison other_liaison dispatcher trusted manager"
PLACES_POTHOLES = "dispatcher trusted manager"  # no liaison here is of the department that offers potholes
EXPORTS = "liaison other_liaison dispatcher trusted planner manager"
MEASURES = "manager"
PLANS = "planner manager"
TAKE = "liaison other_liaison agent dispatcher trusted"


@dataclass(frozen=True)
class Row:
    """An address, how it is asked, and to whom it opens (with one of the statuses ``opens``)."""

    name: str
    path: str
    to: str
    method: str = "get"
    opens: tuple[int, ...] = (200,)

    def each_day(self, turn: int) -> set[str]:
        """Who asks each day: a stranger, and by turns two of the others that may and two that may not.

        What is open to all looks at nobody's rights: there the stranger is enough.
        """
        if self.to == ALL:
            return {"stranger"}
        invited = [who for who in PASSERS_BY if who in self.to.split()]
        refused = [who for who in PASSERS_BY if who not in invited]
        return {"stranger", *_by_turns(invited, turn), *_by_turns(refused, turn)}


def _by_turns(people: list[str], turn: int) -> list[str]:
    """Two of them, others for the next row."""
    return [people[(turn + step) % len(people)] for step in range(2)] if people else []


TABLE = (
    Row("map", "/", ALL),
    Row("here", "/here?lon=-119.716&lat=36.003", ALL),
    Row("here_json", "/here.json?lon=-119.716&lat=36.003", ALL),
    Row("geocode_json", "/geocode.json?q=120 Main St", ALL),
    Row("suggest_json", "/suggest.json?q=main", ALL),
    Row("reverse_geocode_json", "/reverse_geocode.json?lon=-119.716&lat=36.003", ALL),
    Row("map_svg", "/map.svg?bbox=-119.72,36.0,-119.715,36.004&size=400x400", ALL),
    Row("map_summary", "/map/summary?bbox=-119.72,36.0,-119.71,36.01&z=14", ALL, opens=(200, 404)),
    Row("map_heat", "/map/heat?bbox=-119.72,36.0,-119.71,36.01&z=14", ALL, opens=(200, 404)),
    Row("map_tile", "/map/tiles/14/2743/6425.mvt", ALL, opens=(200, 204, 404)),
    Row("map_list", "/map/list?bbox=-119.72,36.0,-119.71,36.01&z=14", ALL),
    Row("map_card", "/map/card/{ordinary}", ALL),
    Row("map_card", "/map/card/{sensitive}", "", opens=()),
    Row("feeds:index", "/feeds/", ALL),
    Row("feeds:atom", "/feeds/requests.atom", ALL),
    Row("feeds:csv", "/feeds/requests.csv", ALL),
    Row("feeds:geojson", "/feeds/requests.geojson", ALL),
    Row("sensitive", "/requests/sensitive/", ALL),
    Row("sensitive_csv", "/requests/sensitive/counts.csv", ALL),
    Row("neighborhoods", "/neighborhoods/", ALL),
    Row("neighborhood", "/neighborhoods/n1/", ALL),
    Row("neighborhood_picture", "/neighborhoods/n1/map.svg", ALL),
    Row("neighborhood_sheet", "/neighborhoods/n1/brief.html", ALL),
    Row("neighborhood_pdf", "/neighborhoods/n1/brief.pdf", ALL),
    Row("neighborhood_offline", "/neighborhoods/n1/brief.map.html", ALL),
    Row("block_watches", "/block-watch/", ALL),
    Row("block_watch", "/block-watch/nobody/", "", opens=()),  # this town has no groups; their pages are the same
    Row("block_watch_picture", "/block-watch/nobody/map.svg", "", opens=()),
    Row("block_watch_sheet", "/block-watch/nobody/brief.html", "", opens=()),
    Row("block_watch_pdf", "/block-watch/nobody/brief.pdf", "", opens=()),
    Row("block_watch_offline", "/block-watch/nobody/brief.map.html", "", opens=()),
    Row("performance", "/performance/", MEASURES),
    Row("performance_csv", "/performance/requests.csv", MEASURES),
    Row("performance_contacts_csv", "/performance/contacts.csv", MEASURES),
    # The kinds of area are read beside the transaction of a test, which has none there: 400 says that it was let in.
    Row("plan", "/plan/?kind=beat", PLANS, opens=(200, 400)),
    Row("plan_picture", "/plan/map.svg?kind=beat", PLANS, opens=(200, 400)),
    Row("plan_csv", "/plan/areas.csv?kind=beat", PLANS, opens=(200, 400)),
    Row("plan_geojson", "/plan/areas.geojson?kind=beat", PLANS, opens=(200, 400)),
    Row("manifest", "/site.webmanifest", ALL),
    Row("robots", "/robots.txt", ALL),
    Row("favicon", "/favicon.ico", ALL, opens=(200, 301, 302)),
    Row("healthz", "/healthz", ALL),
    Row("readyz", "/readyz", ALL, opens=(200, 503)),
    Row("report", "/report/", ALL),
    Row("report_sent", "/report/sent/", ALL, opens=(200, 302, 404)),
    Row("report_services", "/report/services?q=hole", ALL),
    Row("report_form", "/report/form?service=pothole", ALL),
    Row("report_places", "/report/places?q=120 Main St", ALL),
    Row("report_here", "/report/here?lon=-119.716&lat=36.003", ALL),
    Row("report_assets", "/report/assets?service=pothole&lon=-119.716&lat=36.003", ALL, opens=(200, 400, 404)),
    Row("report_same", "/report/same?service=pothole&lon=-119.716&lat=36.003", ALL),
    Row("report_known", "/report/known?service=pothole&lon=-119.716&lat=36.003", ALL),
    Row("report_known_enough", "/report/known/enough?ids=1", ALL),
    Row("report_photos", "/report/photos", ALL, method="post", opens=(400, 422)),
    Row("report_photo", "/report/photos/notoken", "", opens=()),
    Row("follow:index", "/requests/", ALL),
    Row("follow:one", "/requests/{ordinary}/", ALL),
    Row("follow:one", "/requests/{masked}/", ALL),
    Row("follow:one", "/requests/{closed}/", ALL),
    Row("follow:one", "/requests/{sensitive}/", "with_code"),
    Row("follow:picture", "/requests/{ordinary}/map.svg", ALL),
    Row("follow:picture", "/requests/{sensitive}/map.svg", "with_code"),
    Row("follow:photo", "/requests/{ordinary}/photos/{photo}.jpg", "with_code"),
    Row("follow:add", "/requests/{ordinary}/add/", "with_code", "post", (422,)),
    Row("follow:withdraw", "/requests/{sensitive}/withdraw/", "with_code", opens=(302,)),
    Row("follow:reopen", "/requests/{closed}/reopen/", "with_code", "post", (422, 302)),
    Row("follow:leave", "/requests/{ordinary}/close/", "", opens=()),
    Row("follow:answer", "/requests/{closed}/answer/", "with_code"),
    Row("follow:answer", "/requests/{closed}/answer/", "with_code", "post", (422,)),
    Row("follow:stop", "/requests/{ordinary}/stop/", "with_code"),
    Row("console", "/console/", STAFF),
    Row("console_same", "/console/same/", "liaison other_liaison dispatcher trusted manager"),
    Row(
        "console_same_one",
        "/console/requests/{ordinary}/same/",
        "liaison dispatcher trusted manager",
        method="post",
        opens=(303,),
    ),
    Row("console_same_one", "/console/requests/{sensitive}/same/", "trusted", method="post", opens=(303,)),
    Row("console_map_summary", "/console/map/summary?bbox=-119.72,36.0,-119.71,36.01&z=14", SEE),
    Row("console_map", "/console/map/", SEE),
    Row("console_map_heat", "/console/map/heat?bbox=-119.72,36.0,-119.71,36.01&z=14", SEE),
    Row("console_map_list", "/console/map/list?bbox=-119.72,36.0,-119.71,36.01&z=14", SEE),
    Row("console_map_card", "/console/map/card/{ordinary}", OF_ORDINARY),
    Row("console_map_card", "/console/map/card/{sensitive}", "trusted"),
    Row("console_pins", "/console/pins.json", SEE),
    Row("console_newer", "/console/newer.json", SEE, opens=(200, 400)),
    Row("console_request", "/console/requests/{ordinary}/", OF_ORDINARY),
    Row("console_request", "/console/requests/{masked}/", OF_MASKED),
    Row("console_request", "/console/requests/{closed}/", OF_ORDINARY),
    Row("console_request", "/console/requests/{sensitive}/", "trusted"),
    Row("console_why", "/console/requests/{ordinary}/why/", OF_ORDINARY),
    Row("console_why", "/console/requests/{sensitive}/why/", "trusted"),
    Row("console_place", "/console/requests/{ordinary}/place/", "liaison agent dispatcher trusted"),
    Row("console_place", "/console/requests/{sensitive}/place/", "trusted"),
    Row("console_service", "/console/requests/{ordinary}/service/", "liaison agent dispatcher trusted"),
    Row("console_service", "/console/requests/{sensitive}/service/", "trusted"),
    Row("console_act", "/console/requests/{ordinary}/act/note/", WORKS, "post", (400,)),
    Row("console_act", "/console/requests/{masked}/act/note/", WORKS.replace("liaison ", ""), "post", (400,)),
    Row("console_act", "/console/requests/{sensitive}/act/note/", "trusted", "post", (400,)),
    Row("console_photo", "/console/requests/{ordinary}/photos/{photo_id}/", OF_ORDINARY),
    Row("take", "/console/new/", TAKE),
    Row("take_look", "/console/new/look/", TAKE, opens=(200, 400, 405)),
    Row("take_services", "/console/new/services.json?q=hole", TAKE),
    Row("take_places", "/console/new/places.json?q=120 Main St", TAKE),
    Row("take_done", "/console/new/done/{sensitive}/", "", opens=()),  # to whoever took it, where they just did
    Row("rules_index", "/console/rules/", RULES),
    Row("rules_book", "/console/rules/1/", RULES),
    Row("rules_copy", "/console/rules/1/copy/", RULES, "post", (303,)),  # makes version 2, a draft
    Row("rules_note", "/console/rules/2/note/", RULES, "post", (303,)),
    Row("rules_new", "/console/rules/2/exceptions/new/", RULES),
    Row("rules_change", "/console/rules/2/exceptions/wires/", RULES),
    Row("rules_move", "/console/rules/2/exceptions/wires/move/", RULES, "post", (303,)),
    Row("rules_remove", "/console/rules/2/exceptions/wires/remove/", RULES, "post", (303,)),
    Row("rules_row", "/console/rules/2/table/weeds/", RULES),
    Row("rules_fallbacks", "/console/rules/2/fallbacks/", RULES),
    Row("rules_try", "/console/rules/2/try/?service=tree&lon=-119.716&lat=36.003", RULES),
    Row("rules_compare", "/console/rules/2/compare/", RULES),
    Row("rules_coverage", "/console/rules/2/coverage/", RULES),
    Row("rules_simulation", "/console/rules/2/simulation/", RULES),
    Row("rules_simulation_state", "/console/rules/2/simulation/state.json", "", opens=()),  # none was asked for yet
    Row("rules_simulation_map", "/console/rules/2/simulation/map.json", "", opens=()),
    Row("rules_simulation_picture", "/console/rules/2/simulation/map.svg", "", opens=()),
    Row("rules_simulation_csv", "/console/rules/2/simulation/requests.csv", "", opens=()),
    Row("rules_activate", "/console/rules/2/activate/", RULES, "post", (303,)),
    Row("rules_back", "/console/rules/1/back/", RULES),
    Row("rules_turn_state", "/console/rules/1/turn.json", RULES),
    Row("rules_throw_away", "/console/rules/2/throw-away/", RULES, "post", (303,)),
    Row("console_notices", "/console/notices/", SEE),
    Row("console_notice_new", "/console/notices/new/", PLACES),
    Row("console_notice", "/console/notices/{notice}/", SEE),
    Row("console_notice", "/console/notices/{notice}/", PLACES_POTHOLES, "post", (422,)),
    Row("console_notice_lift", "/console/notices/999/lift/", "", "post", ()),
    Row("console_repeat", "/console/repeat/", SEE),
    Row("console_repeat_csv", "/console/repeat.csv", EXPORTS),
    Row("console_repeat_place", "/console/repeat/segment/1/", "", opens=()),  # where nothing was reported: to nobody
    Row("gis_desk", "/console/gis/", GEOGRAPHY),
    Row("gis_edition", "/console/gis/editions/{edition}/", GEOGRAPHY),
    Row("gis_answer", "/console/gis/editions/{edition}/answers/", GEOGRAPHY, "post", (303,)),
    Row("gis_activate", "/console/gis/editions/{edition}/activate/", GEOGRAPHY, "post", (303,)),
    Row("gis_roll_back", "/console/gis/editions/{edition}/roll-back/", GEOGRAPHY),
    Row("gis_turn_state", "/console/gis/editions/{edition}/turn.json", "", opens=()),  # no turn yet: none for anybody
    Row("gis_preview", "/console/gis/editions/{edition}/preview/", GEOGRAPHY),
    Row("gis_preview_state", "/console/gis/editions/{edition}/preview/state.json", "", opens=()),
    Row("gis_preview_map", "/console/gis/editions/{edition}/preview/map.json", GEOGRAPHY),
    Row("gis_preview_picture", "/console/gis/editions/{edition}/preview/map.svg", GEOGRAPHY),
    Row("gis_preview_csv", "/console/gis/editions/{edition}/preview/requests.csv", "", opens=()),
    Row("gis_draw", "/console/gis/editions/{edition}/draw/", GEOGRAPHY),
    Row("gis_draw_areas", "/console/gis/editions/{edition}/draw/areas.json", GEOGRAPHY),
    Row("gis_new_draft", "/console/gis/kinds/beat/draft/", GEOGRAPHY, "post", (303,)),
    Row("gis_upload", "/console/gis/files/", GEOGRAPHY),
    Row("gis_incoming", "/console/gis/files/1/", "", opens=()),
    Row("gis_incoming_state", "/console/gis/files/1/state.json", "", opens=()),
    Row("gis_sources", "/console/gis/sources/", GEOGRAPHY),
    Row("gis_source", "/console/gis/sources/1/", "", "post", ()),
    Row("gis_report", "/console/gis/editions/{edition}/report/", GEOGRAPHY),
    Row("gis_check", "/console/gis/editions/{edition}/report/check/", GEOGRAPHY, "post", (302,)),
    Row("gis_report_state", "/console/gis/editions/{edition}/report/state.json", GEOGRAPHY),
    Row("gis_report_json", "/console/gis/editions/{edition}/report/report.json", GEOGRAPHY),
    Row("gis_report_text", "/console/gis/editions/{edition}/report/report.txt", GEOGRAPHY),
    Row("gis_report_map", "/console/gis/editions/{edition}/report/map.json", GEOGRAPHY),
    Row("gis_report_picture", "/console/gis/editions/{edition}/report/map.svg", GEOGRAPHY),
    Row("console_api_keys", "/console/api-keys/", "admin"),
    Row("console_revoke_key", "/console/api-keys/1/revoke/", "", "post", ()),  # no key yet: none for anybody
    Row("open311:discovery", "/open311/discovery.xml", ALL),
    Row("open311:openapi", "/open311/v2/openapi.json", ALL),
    Row("open311:services", "/open311/v2/services.json", ALL),
    Row("open311:service", "/open311/v2/services/pothole.json", ALL),
    Row("open311:requests", "/open311/v2/requests.json?start_date=2026-11-01T00:00:00Z&extensions=true", ALL),
    Row("open311:requests", "/open311/v2/requests.xml", "", "post", ()),  # nobody without a key
    Row("open311:request", "/open311/v2/requests/{ordinary}.json?extensions=true", ALL),
    Row("open311:request", "/open311/v2/requests/{masked}.xml?extensions=true", ALL),
    Row("open311:request", "/open311/v2/requests/{sensitive}.json", "", opens=()),
    Row("open311:token", "/open311/v2/tokens/1-00000000000000000000000000000000.xml", "", opens=()),
    Row("open311:updates", "/open311/v2/servicerequestupdates.json?start_date=2026-11-01T00:00:00Z", ALL),
    Row("open311:updates", "/open311/v2/servicerequestupdates.xml", "", "post", ()),
    Row("open311:nowhere", "/open311/nowhere.json", "", opens=()),
    # Without a key everybody is the public here; what keys of staff open is told in tests/api.
    Row("api_landing", "/api/", ALL),
    Row("api_docs", "/api/docs", ALL),
    Row("api:api-root", "/api/", ALL),
    Row("api:openapi-json", "/api/openapi.json", ALL),
    Row("api:list_services", "/api/services", ALL),
    Row("api:one_service", "/api/services/pothole", ALL),
    Row("api:list_resolutions", "/api/resolutions", ALL),
    Row("api:list_requests", "/api/requests?count=reports&limit=200", ALL),
    Row("api:send_request", "/api/requests", "", "post", ()),
    Row("api:one_request", "/api/requests/{ordinary}", ALL),
    Row("api:one_request", "/api/requests/{masked}", ALL),
    Row("api:one_request", "/api/requests/{sensitive}", "", opens=()),
    Row("api:take_step", "/api/requests/{ordinary}/transitions", "", "post", ()),
    Row("api:hand_on", "/api/requests/{ordinary}/handovers", "", "post", ()),
    Row("api:name_person", "/api/requests/{ordinary}/assignments", "", "post", ()),
    Row("api:refer", "/api/requests/{ordinary}/referrals", "", "post", ()),
    Row("api:list_departments", "/api/departments", "", opens=()),
    Row("api:list_agencies", "/api/agencies", "", opens=()),
    Row("api:list_area_kinds", "/api/area-kinds", ALL),
    Row("api:list_areas", "/api/areas?kind=beat", ALL),
    Row("api:one_area", "/api/areas/beat/1", ALL),
    Row("api:list_areas_here", "/api/areas-here?long=-119.716&lat=36.003", ALL),
    Row("api:find_place", "/api/geocode?q=120 Main St", ALL),
    Row("api:name_place", "/api/reverse-geocode?long=-119.716&lat=36.003", ALL),
    Row("api_nowhere", "/api/nowhere", "", opens=()),
    Row("console_outbox", "/console/outbox/", OUTBOX),
    Row("console_message", "/console/outbox/{message}/", OUTBOX),
    Row("console_message", "/console/outbox/{hidden_message}/", "trusted"),
    Row("console_message_html", "/console/outbox/{message}/html/", OUTBOX),
    Row("console_message_html", "/console/outbox/{hidden_message}/html/", "trusted"),
    Row("console_send_again", "/console/outbox/{hidden_message}/again/", "trusted", "post", (302, 303, 409)),
    Row("console_by_hand", "/console/outbox/by-hand/", BY_HAND),
    # What is not on their list is gone from it, whoever took it: back to the list, and nothing is changed.
    Row("console_tick_off", "/console/outbox/by-hand/{hidden_message}/", BY_HAND, "post", (303,)),
)
