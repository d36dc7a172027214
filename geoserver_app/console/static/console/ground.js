// The console's maps: the city's own ground, its scale, three buttons. Each page adds what it shows.
import { showAreas } from "../map/areas.js";
import { cityLayer } from "../map/basemap.js";
import { showScale } from "../map/scale.js";

const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Calls `use(map, data)` when django-leaflet has made the map; `keys` is what the map is called for screen readers. */
export function onMap(use) {
  const data = JSON.parse(document.getElementById("map-data").textContent);
  const [minZoom, maxZoom] = data.style.displayZooms;
  L.Map.mergeOptions({
    zoomControl: false, zoomAnimation: !calm, fadeAnimation: !calm, markerZoomAnimation: !calm, inertia: !calm,
    minZoom, maxZoom,
  });
  window.addEventListener("map:init", (event) => use(prepare(event.detail.map, data), data), { once: true });
}

function prepare(map, data) {
  const city = L.latLngBounds(data.bounds);
  map.setMaxBounds(city.pad(1.5));
  map.fitBounds(city, { animate: false });
  const layer = cityLayer(data);
  showAreas(layer, data, { push() {} }).set([]);
  layer.once("load", () => { map.getContainer().dataset.mapState = "ready"; });
  layer.addTo(map);
  map.attributionControl.addAttribution(data.attribution);
  showScale(map, data);
  const box = map.getContainer();
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", box.closest("section").getAttribute("aria-label")
    ?? box.closest("section").querySelector("h2").textContent);
  return map;
}

/** The buttons on a map; `all` shows everything there is on it. */
export function tools(map, all) {
  const box = document.getElementById("map-tools");
  for (const button of box.querySelectorAll("[data-zoom]")) {
    button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
  }
  box.querySelector("[data-all]").addEventListener("click", all);
  L.DomEvent.disableClickPropagation(box);
  box.hidden = false;
}

/** The pin of one place, as on the public map. */
export function pin(point, options = {}) {
  const html = document.getElementById("here-pin").content.firstElementChild.cloneNode(true);
  const icon = L.divIcon({ className: "here-pin", html, iconSize: [32, 42], iconAnchor: [16, 41] });
  return L.marker(point, { icon, keyboard: false, interactive: false, ...options });
}
