// The desk of duplicates: the pair in hand on the map, and the keys that decide on it.
import { onMap, tools } from "./ground.js";

const NEAR = 19;
const pairs = [...document.querySelectorAll(".pair")];
const pins = new Map(JSON.parse(document.getElementById("pair-data").textContent).map((one) => [one.key, one]));
let inHand = -1;
let show = () => {};

function take(at, { focus = true } = {}) {
  if (!pairs.length) return;
  inHand = Math.max(0, Math.min(at, pairs.length - 1));
  pairs.forEach((pair, number) => pair.classList.toggle("is-in-hand", number === inHand));
  if (focus) {
    pairs[inHand].focus({ preventScroll: true });
    pairs[inHand].scrollIntoView({ block: "nearest" });
  }
  show(pins.get(pairs[inHand].dataset.key));
}

onMap((map) => {
  const layer = L.layerGroup().addTo(map);
  show = (pair) => {
    layer.clearLayers();
    const points = [];
    for (const [name, words] of [["earlier", "1"], ["later", "2"]]) {
      const at = pair?.[name];
      if (!at) continue;
      points.push([at.lat, at.lon]);
      const icon = L.divIcon({ className: `pair-pin is-${name}`, html: words, iconSize: [26, 26] });
      L.marker([at.lat, at.lon], { icon, keyboard: false, interactive: false, zIndexOffset: name === "later" ? 100 : 0 }).addTo(layer);
    }
    if (points.length === 2) L.polyline(points, { color: "#162e51", weight: 2, dashArray: "4 4", interactive: false }).addTo(layer);
    if (points.length) map.fitBounds(L.latLngBounds(points).pad(0.5), { maxZoom: NEAR, animate: false });
  };
  tools(map, () => take(inHand, { focus: false }));
  take(0, { focus: false });
  document.getElementById("map-frame").dataset.pairReady = "1";
});

for (const [number, pair] of pairs.entries()) {
  pair.addEventListener("focusin", () => { if (number !== inHand) take(number, { focus: false }); });
  pair.addEventListener("click", () => { if (number !== inHand) take(number, { focus: false }); });
}

const press = (mark) => pairs[inHand]?.querySelector(`[data-key-${mark}]`)?.click();
const KEYS = { j: () => take(inHand + 1), k: () => take(inHand - 1), m: () => press("m"), n: () => press("n"), s: () => press("s") };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, textarea, select")) return;
  const act = KEYS[event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  act();
});
