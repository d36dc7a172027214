// The small map of one request: the city's ground, and the place; a soft disk where the place stands for a block.
import { cityLayer } from "../map/basemap.js";

const data = JSON.parse(document.getElementById("map-data").textContent);
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const [minZoom, maxZoom] = data.style.displayZooms;

// A finger that scrolls the page must not be caught by the map, so it is moved by its buttons and with two fingers.
L.Map.mergeOptions({
  zoomControl: true,
  scrollWheelZoom: false,
  dragging: !L.Browser.mobile,
  zoomAnimation: !calm,
  fadeAnimation: !calm,
  markerZoomAnimation: !calm,
  inertia: !calm,
  minZoom,
  maxZoom,
});

window.addEventListener("map:init", (event) => start(event.detail.map), { once: true });

function start(map) {
  const box = map.getContainer();
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", data.label);
  map.setView(data.place, data.zoom);
  const layer = cityLayer(data);
  layer.drawRules([], []);
  layer.once("load", () => { box.dataset.mapState = "ready"; });
  layer.addTo(map);
  map.attributionControl.addAttribution(data.attribution);
  mark().addTo(map);
}

function mark() {
  if (data.roughM) {
    const look = { color: "#162e51", weight: 2, fillColor: "#2491ff", fillOpacity: 0.25, interactive: false };
    return L.circle(data.place, { radius: data.roughM, ...look });
  }
  const pin = document.getElementById("request-pin").content.firstElementChild.cloneNode(true);
  const icon = L.divIcon({ html: pin, className: "request-pin", iconSize: [32, 42], iconAnchor: [16, 41] });
  return L.marker(data.place, { icon, interactive: false, keyboard: false });
}
