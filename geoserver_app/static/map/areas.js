// Areas of any kind to switch on: outlines, hatchings and names in the layer of the ground, so that names give way to
// each other. The checkboxes are the page's; without scripts they are an ordinary form.
import { font } from "./basemap.js";
import { hatching } from "./hatching.js";

const P = window.protomapsL;

export function showAreas(layer, data, address) {
  const form = document.getElementById("layers");
  const boxes = form ? [...form.querySelectorAll("input[name=areas]")] : [];
  const status = document.getElementById("map-status");
  const kinds = new Map(data.kinds.map((kind) => [kind.code, kind]));
  let shown = null;

  function set(codes) {
    const wanted = [...kinds.keys()].filter((code) => codes.includes(code));
    for (const box of boxes) box.checked = wanted.includes(box.value);
    if (shown && shown.join() === wanted.join()) return;
    for (const code of kinds.keys()) {
      if (wanted.includes(code)) layer.addSource(code, kinds.get(code).tiles);
      else layer.removeSource(code);
    }
    shown = wanted;
    const chosen = wanted.map((code) => kinds.get(code));
    layer.drawRules(chosen.flatMap(paint), chosen.map((kind) => label(data.style, kind)));
  }

  function change(event) {
    const kind = kinds.get(event.target.value);
    set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = event.target.checked ? data.texts.shown : data.texts.hidden;
    status.textContent = words.replace("{}", kind.name);
    setTimeout(() => { status.textContent = ""; }, 2500);
    address.push({ areas: shown });
  }

  for (const box of boxes) box.addEventListener("change", change);
  form?.addEventListener("submit", (event) => event.preventDefault());
  return {
    set,
    show(code) {
      if (kinds.has(code) && !shown.includes(code)) set([...shown, code]);
      return shown;
    },
  };
}

const RIBBON = 11; // pixels, both sides of a border together
const isPolygon = (_z, feature) => feature.geomType === 3;

function paint({ code, style }) {
  const { color } = style;
  const cells = hatching(style);
  const polygons = { dataSource: code, dataLayer: "area", filter: isPolygon };
  const near = { ...polygons, minzoom: 13 };
  const line = (ink, width, opacity = 1) => new P.LineSymbolizer({ color: ink, width, opacity, lineJoin: "round" });
  const fill = (look) => ({ ...polygons, symbolizer: new P.PolygonSymbolizer(look) });
  const inside = style.ribbon
    ? [{ ...near, symbolizer: line(color, RIBBON, 0.12) },
       ...(cells ? [{ ...near, symbolizer: line(ink(cells), RIBBON) }] : [])]
    : [fill({ fill: color, opacity: 0.06 }), ...(cells ? [fill({ pattern: cells })] : [])];
  const dash = style.dash.length ? style.dash : undefined;
  const outline = new P.LineSymbolizer({ color, width: thin(style.width), dash, lineJoin: "round" });
  return [...inside, { dataSource: code, dataLayer: "area", symbolizer: outline }];
}

/** Farther away areas are a few pixels wide: their outlines are drawn thinner (maps/area_style.py: THIN). */
function thin(width) {
  return P.linear([[10, 0.3 * width], [13, width]]);
}

/** Canvas cells as a color to draw lines with. */
function ink(cells) {
  return document.createElement("canvas").getContext("2d").createPattern(cells, "repeat");
}

function label(style, { code, style: look }) {
  return {
    dataSource: code,
    dataLayer: "area_label",
    minzoom: 12,
    symbolizer: new P.Padding(2, new P.CenteredTextSymbolizer({
      labelProps: ["name", "code"],
      font: font(style, { size: 13, weight: 700 }),
      fill: look.color,
      stroke: style.colors.halo,
      width: 2,
      lineHeight: 1.3,
      maxLineChars: 18,
    })),
  };
}
