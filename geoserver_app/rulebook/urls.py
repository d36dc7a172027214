"""The rules, below /console/rules/: written, compared, tried, put in force, taken back."""

from django.urls import path

from geoserver_app.rulebook import book, comparing, exceptions, fallbacks, simulation, switching, table_row, trying

urlpatterns = [
    path("", book.index, name="rules_index"),
    path("<int:version>/", book.book, name="rules_book"),
    path("<int:version>/copy/", book.copy, name="rules_copy"),
    path("<int:version>/note/", book.note, name="rules_note"),
    path("<int:version>/throw-away/", book.throw_away, name="rules_throw_away"),
    path("<int:version>/exceptions/new/", exceptions.new, name="rules_new"),
    path("<int:version>/exceptions/<slug:code>/", exceptions.change, name="rules_change"),
    path("<int:version>/exceptions/<slug:code>/move/", book.move, name="rules_move"),
    path("<int:version>/exceptions/<slug:code>/remove/", book.remove, name="rules_remove"),
    path("<int:version>/table/<slug:code>/", table_row.row, name="rules_row"),
    path("<int:version>/fallbacks/", fallbacks.fallbacks, name="rules_fallbacks"),
    path("<int:version>/try/", trying.try_it, name="rules_try"),
    path("<int:version>/compare/", comparing.compare_page, name="rules_compare"),
    path("<int:version>/coverage/", comparing.coverage_page, name="rules_coverage"),
    path("<int:version>/simulation/", simulation.simulation_page, name="rules_simulation"),
    path("<int:version>/simulation/state.json", simulation.state, name="rules_simulation_state"),
    path("<int:version>/simulation/map.json", simulation.map_data, name="rules_simulation_map"),
    path("<int:version>/simulation/map.svg", simulation.picture, name="rules_simulation_picture"),
    path("<int:version>/simulation/requests.csv", simulation.sheet, name="rules_simulation_csv"),
    path("<int:version>/activate/", switching.activate, name="rules_activate"),
    path("<int:version>/back/", switching.back, name="rules_back"),
    path("<int:version>/turn.json", switching.state, name="rules_turn_state"),
]
