// Drawing with Leaflet-Geoman: what is drawn stands in the form's field as GeoJSON, and is kept by the form's button.
import { onMap, tools } from "../console/ground.js";

const words = JSON.parse(document.getElementById("draw-words").textContent);
const { address } = document.getElementById("draw-data").dataset;
const [field, code, said] = ["geojson", "code", "draw-said"].map((id) => document.getElementById(id));
const SHAPES = { polygon: "Polygon", line: "Line", point: "Marker", any: "Polygon" };
const MINE = { color: "#5b2a86", weight: 3, fillColor: "#5b2a86", fillOpacity: 0.2 };
const OTHER = { color: "#3d4551", weight: 1.25, fill: false, dashArray: "4 3" };

onMap(async (map, data) => {
  const mine = L.featureGroup().addTo(map);
  const all = () => map.fitBounds(mine.getLayers().length ? mine.getBounds().pad(0.3) : data.bounds, { animate: false });
  tools(map, all);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  const { features } = answer.ok ? await answer.json() : { features: [] };
  const others = features.filter((one) => !code || one.properties.code !== code.value);
  L.geoJSON(others, { style: OTHER, interactive: false, pmIgnore: true, snapIgnore: false }).addTo(map);
  if (field) edit(map, mine);
  all();
  map.getContainer().dataset.areas = features.length;
});

function edit(map, mine) {
  map.pm.setGlobalOptions({ layerGroup: mine, snappable: true, snapDistance: 15, pathOptions: MINE, allowSelfIntersection: false });
  show(mine);
  field.addEventListener("change", () => show(mine));
  const write = () => {
    field.value = JSON.stringify(geometry(mine));
    said.textContent = words.said;
  };
  const watch = (layer) => layer.on("pm:edit pm:markerdragend pm:cut", write);
  mine.eachLayer(watch);
  map.on("pm:create", ({ layer }) => { mine.addLayer(layer); watch(layer); press(null, map); write(); });
  map.on("pm:cut", ({ originalLayer, layer }) => {
    mine.removeLayer(originalLayer);
    mine.addLayer(layer);
    watch(layer);
    press(null, map);
    write();
  });
  const box = document.getElementById("draw-tools");
  for (const button of box.querySelectorAll("button")) button.addEventListener("click", () => press(button, map));
  L.DomEvent.disableClickPropagation(box);
  box.hidden = false;
}

/** The outline of the field, on the map. */
function show(mine) {
  mine.clearLayers();
  let shape = null;
  try { shape = field.value ? JSON.parse(field.value) : null; } catch { return; }
  // An editor moves the corners of polygons one by one: parts stand beside each other.
  if (shape) L.geoJSON(parts(shape), { style: MINE }).eachLayer((layer) => mine.addLayer(layer));
}

function parts(shape) {
  const single = { MultiPolygon: "Polygon", MultiLineString: "LineString", MultiPoint: "Point" }[shape.type];
  if (!single) return [{ type: "Feature", properties: {}, geometry: shape }];
  return shape.coordinates.map((coordinates) => ({ type: "Feature", properties: {}, geometry: { type: single, coordinates } }));
}

function geometry(mine) {
  const all = mine.getLayers().flatMap((layer) => flat(layer.toGeoJSON(9)));
  if (all.length === 1) return all[0];
  return { type: `Multi${all[0].type}`, coordinates: all.map((one) => one.coordinates) };
}

function flat(found) {
  const shape = found.type === "FeatureCollection" ? found.features[0].geometry : found.geometry;
  return parts(shape).map((one) => one.geometry);
}

/** One tool at a time; pressing it again, or finishing, lets it go. */
function press(button, map) {
  const was = button?.getAttribute("aria-pressed") === "true";
  map.pm.disableDraw();
  map.pm.disableGlobalEditMode();
  map.pm.disableGlobalCutMode();
  for (const one of document.querySelectorAll("#draw-tools button")) one.setAttribute("aria-pressed", "false");
  if (!button || was) return;
  button.setAttribute("aria-pressed", "true");
  const start = {
    draw: () => map.pm.enableDraw(SHAPES[words.geometry]),
    edit: () => map.pm.enableGlobalEditMode(),
    cut: () => map.pm.enableGlobalCutMode(),
  };
  start[button.dataset.do]();
}
