// Where it is: the map with its pin, set by a press, by dragging, by the keyboard, by the device; and what is there.
import { cityLayer } from "../map/basemap.js";
import { aimWithKeys } from "../map/keyboard.js";
import { showScale } from "../map/scale.js";
import { chosenAnswers } from "./answers.js";
import { askJson, fill, whenQuiet } from "./ask.js";
import { showThings } from "./things.js";

const CLOSE = 18;
const TOO_FAR_OUT = 16; // a press farther out first brings the map nearer
const AIM_PX = 6; // how exactly a finger or a mouse hits
const LEAST_ACCURACY_M = 5;
const FEET = 0.3048;

export function showMap(map, form, data, spot) {
  const city = L.latLngBounds(data.bounds);
  map.setMaxBounds(city.pad(1.5));
  open(map, spot, city);
  ground(map, data);
  const pin = pinOn(map, spot, data);
  const place = { ask: (point) => set(map, spot, point) };
  map.on("click", (event) => place.ask(event.latlng));
  aimWithKeys(map, place);
  map.getContainer().setAttribute("aria-label", data.report.words.theMap);
  document.getElementById("ask-center").addEventListener("click", () => place.ask(map.getCenter()));
  tools(map, city);
  locate(map, data, spot);
  const things = showThings(map, form, data, spot);
  tellWhatIsHere(form, data, spot, things);
  spot.onChange((now) => {
    pin.show(now);
    if (now.method !== "pin" && now.method !== "asset") map.setView([now.lat, now.lon], Math.max(map.getZoom(), CLOSE));
  });
  // A section that was hidden when the map was made has no size then.
  new ResizeObserver(() => map.invalidateSize()).observe(map.getContainer());
}

function open(map, spot, city) {
  const now = spot.read();
  if (now.isPinned) map.setView([now.lat, now.lon], CLOSE, { animate: false });
  else map.fitBounds(city, { animate: false });
}

function ground(map, data) {
  const layer = cityLayer(data);
  layer.drawRules([], []);
  layer.once("load", () => {
    performance.mark("map-ready");
    map.getContainer().dataset.mapState = "ready";
  });
  layer.addTo(map);
  map.attributionControl.addAttribution(data.attribution);
  showScale(map, data);
}

function set(map, spot, point) {
  const { lng: lon, lat } = point.wrap();
  const metres = map.distance(map.containerPointToLatLng([0, 0]), map.containerPointToLatLng([AIM_PX, 0]));
  spot.set({ lon, lat, accuracy: Math.max(LEAST_ACCURACY_M, metres) });
  if (map.getZoom() < TOO_FAR_OUT) map.setView([lat, lon], TOO_FAR_OUT + 1);
}

function pinOn(map, spot, data) {
  const drawing = document.getElementById("here-pin").content.firstElementChild.cloneNode(true);
  const icon = L.divIcon({ className: "here-pin", html: drawing, iconSize: [40, 52], iconAnchor: [20, 51] });
  const marker = L.marker([0, 0], { icon, draggable: true, keyboard: false, alt: data.report.words.pin });
  marker.on("dragend", () => set(map, spot, marker.getLatLng()));
  const show = (now) => {
    if (!now.isPinned) return;
    marker.setLatLng([now.lat, now.lon]).addTo(map);
    document.getElementById("map-invite").hidden = true;
  };
  show(spot.read());
  return { show };
}

function tools(map, city) {
  const box = document.getElementById("map-tools");
  const zooms = [...box.querySelectorAll("[data-zoom]")];
  for (const button of zooms) button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
  box.querySelector("[data-whole-city]").addEventListener("click", () => map.fitBounds(city));
  const limits = () => {
    for (const button of zooms) {
      const next = map.getZoom() + Number(button.dataset.zoom);
      button.setAttribute("aria-disabled", String(next < map.getMinZoom() || next > map.getMaxZoom()));
    }
  };
  map.on("zoomend", limits);
  limits();
  L.DomEvent.disableClickPropagation(box);
  box.hidden = false;
}

function locate(map, data, spot) {
  const { words } = data.report;
  const status = document.getElementById("map-status");
  const said = document.getElementById("here-said");
  document.getElementById("locate").addEventListener("click", () => {
    if (!navigator.geolocation) {
      said.textContent = words.notLocated;
      return;
    }
    status.textContent = words.locating;
    navigator.geolocation.getCurrentPosition(found, missed, { enableHighAccuracy: true, timeout: 15000, maximumAge: 20000 });
  });

  function found({ coords }) {
    status.textContent = "";
    spot.set({ lon: coords.longitude, lat: coords.latitude, method: "device", accuracy: coords.accuracy });
    said.textContent = fill(words.located, Math.max(5, Math.round(coords.accuracy / FEET / 5) * 5));
  }

  function missed() {
    status.textContent = "";
    said.textContent = words.notLocated;
  }
}

function tellWhatIsHere(form, data, spot, things) {
  const { words } = data.report;
  const element = (id) => document.getElementById(id);
  const look = whenQuiet(120, async (isLatest) => {
    const now = spot.read();
    if (!now.isPinned) return;
    const { lon, lat, accuracy, method, asset } = now;
    const asked = { service: form.elements.namedItem("service").value, lon, lat, accuracy, method, asset };
    const here = await askJson(data.report.here, [...Object.entries(asked), ...chosenAnswers()]);
    if (here && isLatest()) show(here);
  });

  function show(here) {
    element("here").hidden = false;
    element("here-headline").textContent = here.headline;
    element("here-thing").textContent = here.asset ? fill(words.thing, here.asset.label) : "";
    element("not-this-thing").hidden = !here.asset;
    if (here.asset && !spot.read().asset) spot.setAsset(here.asset.id);
    things.mark(here.asset);
    showNeighbor(here.neighbor);
    for (const note of document.querySelectorAll("[data-beside-line]")) {
      note.hidden = note.closest("[data-question]").dataset.question !== here.question;
    }
    element("pin-said").textContent = fill(words.pinned, here.asset?.label ?? here.headline);
  }

  function showNeighbor(neighbor) {
    element("outside").hidden = !neighbor;
    if (!neighbor) return;
    element("outside-known").hidden = !neighbor.name;
    element("outside-name").textContent = neighbor.name;
    element("outside-contact").textContent = neighbor.contact;
    const call = element("outside-telephone");
    call.hidden = !neighbor.telephone;
    call.textContent = neighbor.telephone;
    call.href = `tel:+1${neighbor.telephone.replace(/\D/g, "")}`;
  }

  element("not-this-thing").addEventListener("click", () => {
    spot.setAsset("none");
    look();
  });
  spot.onChange(() => {
    element("here-said").textContent = "";
    look();
  });
  form.addEventListener("report:service", () => {
    if (spot.read().asset) spot.setAsset("");
    look();
  });
  form.addEventListener("report:answers", look);
  look();
}
