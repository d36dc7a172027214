// Requests on the map: asks for what a view draws, draws it, and keeps list, legend and address in step with it.
import { cardOf } from "./card.js";
import { followFilters } from "./filters.js";
import { findPlaces } from "./find.js";
import { shading } from "./shading.js";
import { listOf } from "./list.js";
import { unitLayer } from "./units.js";

const FILTERS = ["service_code", "group", "status", "requested_from", "requested_to", "area", "count",
  "state", "channel", "department"];

export function showRequests(map, data, address, place) {
  const { requests } = data;
  const said = document.getElementById("map-said");
  const units = unitLayer(map, data, pick);
  const list = listOf(requests, { open, more, allCells, closer });
  const shade = shading(map, data, address, { pick, filters, changed: () => refresh({ speak: true }) });
  const card = cardOf(requests, { closed: () => close() });
  let turn = 0;

  function filters() {
    const query = new URLSearchParams(location.search);
    const kept = new URLSearchParams();
    for (const name of FILTERS) for (const value of query.getAll(name)) if (value) kept.append(name, value);
    if (!kept.get("status")) kept.set("status", requests.usual);
    if (query.get("jurisdiction")) kept.set("jurisdiction", query.get("jurisdiction"));
    return kept;
  }

  function view() {
    const box = map.getBounds();
    const edges = [box.getWest(), box.getSouth(), box.getEast(), box.getNorth()];
    return { bbox: edges.map((edge) => edge.toFixed(6)).join(","), z: String(map.getZoom()) };
  }

  function viewed(asked) {
    return new URLSearchParams([...asked, ...Object.entries(view())]);
  }

  /** The same for the list: what reaches into the view is more of the heat map's squares, which are larger. */
  function inStep(query) {
    return address.read().shade.draw === "heat" ? new URLSearchParams([...query, ["draw", "heat"]]) : query;
  }

  /** Everything anew for the present view and address. `speak`: somebody waits for the number. */
  async function refresh({ speak = false } = {}) {
    const now = ++turn;
    const asked = filters();
    const state = address.read();
    list.takeAlong(asked, state.cells);
    const query = viewed(asked);
    const isHeat = state.shade.draw === "heat";
    const drawn = fetchJson(isHeat ? `${requests.heat}?${shade.query(query)}` : `${requests.summary}?${query}`);
    const listed = list.load(inStep(query), state.cells);
    const found = await drawn;
    if (now !== turn) return;
    if (found) {
      if (isHeat) units.clear();
      else units.draw(found);
      shade.draw(isHeat ? found : null);
      list.totals(found);
    } else said.textContent = requests.words.failed;
    await listed;
    if (now !== turn) return;
    mark();
    if (speak) said.textContent = list.words();
    if (found) performance.mark("requests-drawn");
    map.getContainer().dataset.requests = found ? `${found.drawn} ${found.in_view}` : "failed";
  }

  function mark() {
    const { cells, request } = address.read();
    units.mark(cells, request);
    shade.mark(cells);
  }

  /** A drawn unit was pressed: the list keeps to it, or a single one's card opens. */
  function pick(unit) {
    if (unit.numbers.length === 1) open(unit.numbers[0], unit.id);
    else if (address.read().cells === unit.id) closer();
    else {
      address.push({ cells: unit.id, request: null });
      card.hide();
      refresh({ speak: true });
    }
  }

  function open(number, cell) {
    address.push({ request: number, cells: cell ?? address.read().cells });
    show(address.read());
  }

  function show(state) {
    if (!state.request) {
      card.hide();
      list.hide(false);
      return;
    }
    list.hide(true);
    card.show(state.request, filters()).then((found) => {
      if (!found) return;
      mark();
      const at = L.latLng(found.lat, found.lon);
      if (found.lat && !map.getBounds().pad(-0.08).contains(at)) map.panTo(at);
    });
  }

  function close() {
    const before = address.read();
    address.push({ request: null, cells: before.cells?.startsWith("30.") ? null : before.cells });
    show(address.read());
    refresh();
    list.focus(before.request);
  }

  function allCells() {
    address.push({ cells: null, request: null });
    refresh({ speak: true });
  }

  function closer() {
    const bounds = units.boundsOf(address.read().cells);
    address.push({ cells: null, request: null });
    if (bounds) map.fitBounds(bounds, { maxZoom: map.getZoom() + 2, padding: [40, 40] });
    else map.zoomIn();
  }

  async function more(after) {
    await list.load(inStep(viewed(filters())), address.read().cells, after);
  }

  followFilters(address, () => {
    card.hide();
    list.hide(false);
    refresh({ speak: true });
  }, requests);
  findPlaces(map, data, place, address);
  map.on("moveend", () => {
    clearTimeout(map.requestsTimer);
    map.requestsTimer = setTimeout(refresh, 160);
  });
  map.whenReady(() => {
    refresh();
    show(address.read());
  });
  return {
    restore() {
      show(address.read());
      refresh();
    },
  };
}

async function fetchJson(path) {
  try {
    const response = await fetch(path, { headers: { Accept: "application/json" } });
    return response.ok ? await response.json() : null;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's way to say that the network is away
    return null;
  }
}
