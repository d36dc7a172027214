// Squares of the city in classes that the server fixed for the whole of it, drawn under the names of the ground.
import { inDigits, rounded } from "./numbers.js";
import { squareKeys } from "./squares.js";

const SHADES = ["#d3e4f3", "#a6cde6", "#67abd4", "#3484be", "#0f5598"];
const CHANGES = { "-3": "#2166ac", "-2": "#67a9cf", "-1": "#c7e0ef", 0: "#f2f0eb", 1: "#fddbc7", 2: "#ef8a62", 3: "#b2182b" };
const NOTHING = -8;
const UNRATED = -9;

export function heatLayer(map, requests, pick, { earlier = false } = {}) {
  const pane = map.createPane("heat");
  pane.style.zIndex = 350;
  pane.style.mixBlendMode = "multiply";
  const squares = L.layerGroup();
  const canvas = L.canvas({ pane: "heat", padding: 0.3 });
  // The map beside it says the same of another time: one of them is enough for keys.
  const keys = earlier ? null : squareKeys(map, pick);
  let picked = null;

  function draw(found) {
    wipe();
    const drawn = [];
    const side = (column, row) => map.unproject([column * 256, row * 256], found.level);
    for (const square of found.squares) {
      const [x, y] = square;
      const color = colorOf(found, square);
      if (!color) continue;
      const id = `${found.level}.${x}.${y}`;
      drawn.push({ id, x, y, n: square[2], words: words(found, square) });
      const box = L.rectangle([side(x, y), side(x + 1, y + 1)], {
        renderer: canvas, fillColor: color, fillOpacity: 0.85, weight: 0.6, color: "#ffffff", bubblingMouseEvents: false,
        dashArray: null,
      });
      box.bindTooltip(() => words(found, square), { sticky: true });
      box.on("click", () => pick({ id, numbers: [], n: square[2] }));
      squares.addLayer(box);
    }
    squares.addTo(map);
    mark(picked);
    keys?.show(drawn, found.level);
  }

  function colorOf(found, [, , , , , now, before]) {
    const shade = earlier ? before : now;
    if (shade === NOTHING) return null;
    if (shade === UNRATED) return "#e6e3dc";
    return found.drawn === "changes" ? CHANGES[shade] : SHADES[SHADES.length - found.lows.length + shade];
  }

  function words(found, [, , n, before, value, now]) {
    const said = requests.words;
    const shown = inDigits(earlier ? before : n);
    if (found.drawn === "changes") return said.change.replace("{}", inDigits(n)).replace("{}", inDigits(before));
    if (!found.rate || earlier) return shown === "1" ? said.squareOne : said.square.replace("{}", shown);
    return said.squareRate.replace("{}", shown).replace("{}", now === UNRATED ? said.unrated : rounded(value));
  }

  let frame = null;
  function mark(id) {
    picked = id;
    frame?.remove();
    frame = null;
    const [zoom, x, y, mask] = (id ?? "").split(".").map(Number);
    if (!zoom || mask !== undefined || !map.hasLayer(squares)) return;
    const side = (column, row) => map.unproject([column * 256, row * 256], zoom);
    frame = L.rectangle([side(x, y), side(x + 1, y + 1)], { color: "#1b1b1b", weight: 3, fill: false, interactive: false });
    frame.addTo(map);
  }

  function clear() {
    wipe();
    keys?.show([], 0);
  }

  function wipe() {
    squares.clearLayers();
    squares.remove();
    frame?.remove();
  }

  return { draw, mark, clear };
}

/** What the colors mean, in the map's corner. */
export function heatLegend(found, requests, times) {
  const said = requests.words;
  const box = document.getElementById("request-legend");
  const title = document.getElementById("legend-title");
  const rows = box.querySelector("[data-legend=heat]");
  const changes = found.drawn === "changes";
  title.textContent = changes
    ? said.legends.changes.replace("{}", times.before).replace("{}", times.now)
    : said.legends[found.rate ?? ""];
  rows.replaceChildren(...(changes ? changeRows(found.lows, said) : shadeRows(found, said)));
  box.dataset.drawn = "heat";
  box.hidden = false;
}

function shadeRows({ lows, rate }, said) {
  const first = SHADES.length - lows.length;
  const found = lows.map((low, at) => {
    const next = lows[at + 1];
    const last = rate ? inDigits(next ?? 0) : inDigits((next ?? 0) - 1);
    if (next === undefined) return row(SHADES[first + at], said.from.replace("{}", inDigits(low)));
    if (rate && at === 0) return row(SHADES[first], said.under.replace("{}", inDigits(next)));
    return row(SHADES[first + at], !rate && next - low === 1 ? inDigits(low) : `${inDigits(low)}–${last}`);
  });
  return rate ? [...found, row("#e6e3dc", said.unrated)] : found;
}

function changeRows(lows, said) {
  const words = (at, sign, end) => {
    const next = lows[at + 1];
    if (next === undefined) return end.replace("{}", sign + inDigits(lows[at]));
    const last = Number.isInteger(next) && Number.isInteger(lows[at]) ? next - 1 : next;
    if (last === lows[at]) return sign + inDigits(last);
    const ends = sign === "−" ? [last, lows[at]] : [lows[at], last];
    return said.span.replace("{}", sign + inDigits(ends[0])).replace("{}", sign + inDigits(ends[1]));
  };
  const less = lows.map((_low, at) => row(CHANGES[-(at + 1)], words(at, "−", said.less))).reverse();
  const more = lows.map((_low, at) => row(CHANGES[at + 1], words(at, "+", said.more)));
  return [...less, row(CHANGES[0], said.same), ...more];
}

function row(color, words) {
  const item = document.createElement("li");
  const sample = document.createElement("span");
  sample.className = "shade";
  sample.style.background = color;
  item.append(sample, words);
  return item;
}
