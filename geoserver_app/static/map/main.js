// The map's page starts here. django-leaflet makes the map (event map:init); each module below looks after one part.
import { showAreas } from "./areas.js";
import { cityLayer } from "./basemap.js";
import { keepAddress } from "./address.js";
import { askAboutPlaces } from "./here.js";
import { aimWithKeys } from "./keyboard.js";
import { followLists } from "./lists.js";
import { showRequests } from "./requests.js";
import { showScale } from "./scale.js";
import { connectTools } from "./tools.js";
import { nextTurn } from "./turns.js";
import { onWholePixels } from "./whole_pixels.js";

const data = JSON.parse(document.getElementById("map-data").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const [minZoom, maxZoom] = data.style.displayZooms;

L.Map.mergeOptions({
  zoomControl: false,
  zoomAnimation: !calm,
  fadeAnimation: !calm,
  markerZoomAnimation: !calm,
  inertia: !calm,
  minZoom,
  maxZoom,
});

window.addEventListener("map:init", (event) => start(event.detail.map), { once: true });

async function start(map) {
  onWholePixels(document.getElementById("map-frame"));
  const city = L.latLngBounds(data.bounds);
  map.setMaxBounds(city.pad(1.5));
  const address = keepAddress(map, city);
  address.openView();
  await nextTurn();
  const layer = cityLayer(data);
  const areas = showAreas(layer, data, address);
  areas.set(address.read().areas);
  const drawn = new Promise((done) => { layer.once("load", done); });
  layer.addTo(map);
  map.attributionControl.addAttribution(data.attribution);
  await nextTurn();
  const place = askAboutPlaces(map, data, address);
  place.restore(address.read().here);
  const requests = showRequests(map, data, address, place);
  address.onBack((state) => {
    areas.set(state.areas);
    place.restore(state.here);
    requests.restore();
  });
  await nextTurn();
  showScale(map, data);
  aimWithKeys(map, place);
  connectTools(map, data, city, place);
  followLists(map, areas, address);
  await drawn;
  announceReady(map);
}

function announceReady(map) {
  performance.mark("map-ready");
  map.getContainer().dataset.mapState = "ready";
}
