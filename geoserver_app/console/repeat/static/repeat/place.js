// One place: its outline, and where each report of its incidents lies.
import { onMap, tools } from "../console/ground.js";
import { outlined } from "./outline.js";

const NEAR = 19;
const [place] = JSON.parse(document.getElementById("repeat-data").textContent);
const reports = JSON.parse(document.getElementById("pins-data").textContent);

onMap((map) => {
  const bounds = L.latLngBounds(reports.map(({ lat, lon }) => [lat, lon]));
  if (place) bounds.extend([place.lat, place.lon]);
  const outline = place ? outlined(place).addTo(map) : null;
  if (outline?.getLayers().length) bounds.extend(outline.getBounds());
  const quiet = { radius: 6, color: "#fff", weight: 2, fillColor: "#162e51", fillOpacity: 0.9, interactive: false };
  const dots = reports.map(({ number, lat, lon }) => ({ number, dot: L.circleMarker([lat, lon], quiet).addTo(map) }));
  for (const row of document.querySelectorAll(".row[data-number]")) {
    const own = dots.filter(({ number }) => number === row.dataset.number);
    const light = (on) => own.forEach(({ dot }) => dot.setStyle({ fillColor: on ? "#ffbe2e" : "#162e51", radius: on ? 9 : 6 }).bringToFront());
    for (const [event, on] of [["pointerenter", true], ["pointerleave", false], ["focusin", true], ["focusout", false]]) {
      row.addEventListener(event, () => light(on));
    }
  }
  const near = () => map.fitBounds(bounds, { padding: [40, 40], maxZoom: NEAR, animate: false });
  near();
  tools(map, near);
  document.getElementById("map-frame").dataset.pinsReady = dots.length;
});
