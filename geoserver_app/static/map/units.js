// What a view draws: clusters and incidents as buttons on the map (arrow keys go from one to the next), and as dots on
// a canvas where they are too many for that.
import { inDigits } from "./numbers.js";

const MOST_BUTTONS = 300;
const THOUSANDS = ["", "k", "M"];

export function unitLayer(map, data, pick) {
  const { words } = data.requests;
  const pane = map.createPane("requests");
  pane.style.zIndex = 620;
  const dots = L.layerGroup().addTo(map);
  let canvas = null;
  let shown = [];
  let focused = null; // the id of the unit that Tab comes to

  function draw(found) {
    const hadFocus = pane.contains(document.activeElement);
    shown = found.drawn === "single" ? spots(found.single) : found.units.map(cluster);
    dots.clearLayers();
    if (shown.length > MOST_BUTTONS) paint();
    else for (const unit of shown) dots.addLayer(button(unit));
    focused = (shown.find((unit) => unit.id === focused) ?? nearest(map.getSize().divideBy(2)))?.id ?? null;
    rove();
    if (hadFocus) shown.find((unit) => unit.id === focused)?.element?.focus({ preventScroll: true });
    legend(found.drawn);
  }

  function cluster([id, lon, lat, n]) {
    const name = n === 1 ? words.one : words.many.replace("{}", inDigits(n));
    return { id, at: L.latLng(lat, lon), n, numbers: [], open: null, name };
  }

  /** Incidents on the very same spot are one unit. */
  function spots(single) {
    const found = new Map();
    for (const one of single) {
      const unit = found.get(one.cell) ?? { id: one.cell, at: L.latLng(one.lat, one.lon), n: 0, numbers: [], open: false };
      unit.n += 1;
      unit.numbers.push(one.service_request_id);
      unit.open ||= one.open;
      const state = one.open ? words.open : words.closed;
      unit.name = unit.n > 1
        ? words.many.replace("{}", inDigits(unit.n))
        : [one.service, one.address, state].filter(Boolean).join(", ");
      found.set(one.cell, unit);
    }
    return [...found.values()];
  }

  function button(unit) {
    const element = document.createElement("span");
    element.className = `unit ${look(unit)}`;
    element.textContent = unit.n > 1 ? short(unit.n) : "";
    const size = Math.max(2 * radius(unit), 24); // a finger needs as much
    element.style.setProperty("--size", `${2 * radius(unit)}px`);
    const icon = L.divIcon({ className: "unit-icon", html: element, iconSize: [size, size] });
    const marker = L.marker(unit.at, { icon, pane: "requests", keyboard: false, riseOnHover: true });
    marker.on("add", () => {
      const box = marker.getElement();
      unit.element = box;
      box.setAttribute("role", "button");
      box.setAttribute("aria-label", unit.name);
      box.dataset.unit = unit.id;
      box.title = unit.name;
      box.addEventListener("keydown", (event) => keys(event, unit));
      box.addEventListener("focus", () => { focused = unit.id; rove(); });
    });
    marker.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      focused = unit.id;
      rove();
      pick(unit);
    });
    unit.marker = marker;
    return marker;
  }

  function paint() {
    canvas ??= L.canvas({ pane: "requests", padding: 0.3 });
    for (const unit of shown) {
      const circle = L.circleMarker(unit.at, {
        renderer: canvas, radius: radius(unit), weight: 1.5, color: "#fff", fillOpacity: 0.95, bubblingMouseEvents: false,
        fillColor: unit.open === null ? "#005ea2" : unit.open ? "#b5420c" : "#4a7729",
      });
      circle.on("click", () => pick(unit));
      dots.addLayer(circle);
    }
  }

  function keys(event, unit) {
    const turn = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (event.key === "Enter" || event.key === " ") pick(unit);
    else if (turn) neighbor(unit, turn)?.element.focus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The nearest unit in a direction, those straight ahead before those aside. */
  function neighbor(unit, [right, down]) {
    const from = map.latLngToContainerPoint(unit.at);
    let best = null;
    let least = Infinity;
    for (const other of shown) {
      if (other === unit || !other.element) continue;
      const to = map.latLngToContainerPoint(other.at);
      const ahead = (to.x - from.x) * right + (to.y - from.y) * down;
      const aside = Math.abs((to.x - from.x) * down) + Math.abs((to.y - from.y) * right);
      if (ahead > 2 && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
    }
    return best;
  }

  function nearest(point) {
    const away = (unit) => map.latLngToContainerPoint(unit.at).distanceTo(point);
    return shown.reduce((best, unit) => (best && away(best) <= away(unit) ? best : unit), null);
  }

  function rove() {
    for (const unit of shown) unit.element?.setAttribute("tabindex", unit.id === focused ? "0" : "-1");
  }

  function mark(cells, number) {
    for (const unit of shown) {
      const is = number ? unit.numbers.includes(number) : unit.id === cells;
      unit.element?.classList.toggle("is-picked", is);
      unit.element?.setAttribute("aria-pressed", String(is));
      unit.marker?.setZIndexOffset(is ? 1000 : 0);
    }
  }

  function boundsOf(id) {
    const [zoom, x, y, mask] = (id ?? "").split(".");
    if (!zoom || zoom > 28) return null;
    const side = mask ? 8 : 1;
    const corner = (column, row) => map.unproject([column * 256, row * 256], Number(zoom));
    return L.latLngBounds(corner(Number(x), Number(y)), corner(Number(x) + side, Number(y) + side));
  }

  function clear() {
    shown = [];
    dots.clearLayers();
  }

  return { draw, clear, mark, boundsOf };
}

function legend(drawn) {
  const box = document.getElementById("request-legend");
  if (!box) return;
  box.hidden = false;
  box.dataset.drawn = drawn;
}

function look(unit) {
  if (unit.n === 1) return unit.open === null ? "is-one" : unit.open ? "is-one is-open" : "is-one is-closed";
  if (unit.open !== null) return unit.open ? "is-several is-open" : "is-several is-closed";
  return unit.n >= 1000 ? "is-cluster is-crowd" : "is-cluster";
}

/** Pixels: by the number's digits, so that ten times as many are one step larger at any size of city. */
function radius(unit) {
  return unit.n === 1 ? 8 : Math.min(12 + 4.6 * Math.log10(unit.n), 34);
}

function short(n) {
  let step = 0;
  while (n >= 1000 && step < THOUSANDS.length - 1) [n, step] = [n / 1000, step + 1];
  return `${step && n < 10 ? n.toFixed(1) : Math.floor(n)}${THOUSANDS[step]}`;
}
