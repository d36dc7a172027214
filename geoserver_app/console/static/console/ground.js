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

/** Areas and requests that come from an address, at most `most` requests; nothing where it does not answer. */
export async function found(address, most) {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return null;
  const { features } = await answer.json();
  const isPoint = (one) => one.geometry.type === "Point";
  return { areas: features.filter((one) => !isPoint(one)), requests: features.filter(isPoint).slice(0, most) };
}

/** Requests as dots; a press on one says what `label` makes of its properties. */
export function dots(map, requests, label) {
  const renderer = L.canvas({ padding: 0.2 });
  for (const { geometry, properties } of requests) {
    const [lon, lat] = geometry.coordinates;
    L.circleMarker([lat, lon], { renderer, radius: 4, color: "#fff", weight: 1, fillColor: "#c05600", fillOpacity: 1 })
      .bindPopup(words(label(properties))).addTo(map);
  }
}

/** A text for a bubble on the map. */
export function words(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}

/** The pin of one place, as on the public map. */
export function pin(point, options = {}) {
  const html = document.getElementById("here-pin").content.firstElementChild.cloneNode(true);
  const icon = L.divIcon({ className: "here-pin", html, iconSize: [32, 42], iconAnchor: [16, 41] });
  return L.marker(point, { icon, keyboard: false, interactive: false, ...options });
}
