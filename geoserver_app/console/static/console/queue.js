// The queue: pins of the list on the map, each linked with its row, and word of what came since the page was made.
import { onMap, tools } from "./ground.js";

const NEAR = 16;
const EVERY_MS = 30_000;

onMap(async (map, data) => {
  const pins = await showPins(map);
  const around = () => {
    const every = [...pins.values()].map((marker) => marker.getLatLng());
    // One report from far away must not shrink the city to a dot.
    const inside = every.filter((point) => L.latLngBounds(data.bounds).contains(point));
    const points = inside.length ? inside : every;
    if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: NEAR, animate: false });
  };
  tools(map, around);
  around();
  linkRows(map, pins);
  document.getElementById("map-frame").dataset.pinsReady = pins.size;
});

async function showPins(map) {
  const answer = await fetch(document.getElementById("map-frame").dataset.pins, { headers: { Accept: "application/json" } });
  const pins = new Map();
  if (!answer.ok) return pins;
  for (const { geometry, properties } of (await answer.json()).features) {
    const [lon, lat] = geometry.coordinates;
    const marker = L.marker([lat, lon], { icon: icon(properties), keyboard: false, riseOnHover: true });
    pins.set(properties.number, marker.addTo(map));
  }
  return pins;
}

function icon({ sign, priority }) {
  const html = document.querySelector(`template[data-sign="${sign}"]`).content.firstElementChild.cloneNode(true);
  const size = priority === "urgent" ? 26 : 20;
  return L.divIcon({ className: "list-pin", html, iconSize: [size, size] });
}

function linkRows(map, pins) {
  const rows = new Map([...document.querySelectorAll(".row[data-number]")].reverse().map((row) => [row.dataset.number, row]));
  let lit = null;
  const light = (number) => {
    if (lit === number) return;
    for (const [name, on] of [[lit, false], [number, true]]) {
      rows.get(name)?.classList.toggle("is-lit", on);
      pins.get(name)?.getElement()?.classList.toggle("is-lit", on);
    }
    lit = number;
  };
  for (const [number, row] of rows) {
    row.addEventListener("pointerenter", () => light(number));
    row.addEventListener("focusin", () => { light(number); reveal(map, pins.get(number)); });
  }
  for (const [number, marker] of pins) {
    marker.on("mouseover", () => light(number));
    marker.on("click", () => {
      light(number);
      const link = rows.get(number)?.querySelector(".row-link");
      link?.scrollIntoView({ block: "center" });
      link?.focus({ preventScroll: true });
    });
  }
}

function reveal(map, marker) {
  if (marker && !map.getBounds().pad(-0.05).contains(marker.getLatLng())) map.panTo(marker.getLatLng());
}

// --- what came since ---

const queue = document.getElementById("queue");
const fresh = document.getElementById("fresh");
const said = document.getElementById("fresh-said");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(queue.dataset.newer, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { words } = await answer.json();
    if (!words || fresh.textContent === words) return;
    fresh.textContent = words;
    fresh.href = location.href;
    fresh.hidden = false;
    said.textContent = words;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network is away: the next look tells
  }
}

setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", look);
queue.addEventListener("onemap:look", look);
