// The findings on the city's own ground: press one on the map for its words, or "Map" beside its words for its place.
import { onMap, tools } from "../console/ground.js";

const COLORS = { error: "#b50909", warning: "#c05600", note: "#005ea2", change: "#5b2a86" };
const ORDER = ["change", "note", "warning", "error"];
const address = JSON.parse(document.getElementById("report-data").textContent);

onMap(async (map, data) => {
  const all = () => map.fitBounds(data.bounds, { animate: false });
  tools(map, all);
  const marks = new Map();
  for (const button of document.querySelectorAll("[data-shows]")) {
    button.addEventListener("click", () => show(map, marks.get(button.dataset.shows), button));
  }
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  draw(map, await answer.json(), marks);
  map.getContainer().dataset.findings = marks.size;
});

function draw(map, report, marks) {
  for (const { geom } of report.outlines) {
    L.geoJSON(geom, { style: { color: "#3d4551", weight: 1.25, fill: false }, interactive: false }).addTo(map);
  }
  const everything = [...report.changes, ...report.findings];
  everything.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));
  for (const one of everything) marks.set(one.id, mark(one).addTo(map));
}

function mark(one) {
  const color = COLORS[one.severity];
  const style = { color, weight: 2, fillColor: color, fillOpacity: one.severity === "change" ? 0.18 : 0.3 };
  const [lon, lat] = one.place;
  const group = L.featureGroup();
  if (one.geom && one.geom.type !== "Point") {
    const pointToLayer = (_feature, place) => L.circleMarker(place, { ...style, radius: 3 });
    L.geoJSON(one.geom, { style, pointToLayer }).addTo(group);
  }
  if (one.severity !== "change") {
    L.circleMarker([lat, lon], { radius: 6, color: "#fff", weight: 1.5, fillColor: color, fillOpacity: 1 }).addTo(group);
  }
  const words = document.createElement("p");
  words.textContent = one.words;
  return group.bindPopup(words);
}

/** Brings a finding to the middle; one that the map does not draw has its place in the button. */
function show(map, group, button) {
  const place = L.latLng(Number(button.dataset.lat), Number(button.dataset.lon));
  const bounds = group ? group.getBounds() : L.latLngBounds(place, place);
  map.fitBounds(bounds.pad(0.4), { maxZoom: 18, animate: false });
  if (group) group.openPopup(place);
  document.getElementById("map-frame").scrollIntoView({ block: "nearest" });
}
