// The register: a mark with its count at each place of the list, its outline below, list and map lit together.
import { onMap, tools } from "../console/ground.js";
import { outlined } from "./outline.js";

const NEAR = 17;
const places = JSON.parse(document.getElementById("repeat-data").textContent);

onMap((map, data) => {
  const marks = new Map(places.map((place) => [place.id, mark(place).addTo(map)]));
  for (const place of places) outlined(place).addTo(map);
  const around = () => {
    const every = places.map(({ lat, lon }) => L.latLng(lat, lon));
    const inside = every.filter((point) => L.latLngBounds(data.bounds).contains(point));
    const points = inside.length ? inside : every;
    if (points.length) map.fitBounds(L.latLngBounds(points), { padding: [36, 36], maxZoom: NEAR, animate: false });
  };
  tools(map, around);
  around();
  link(map, marks);
  document.getElementById("map-frame").dataset.pinsReady = marks.size;
});

function mark({ lat, lon, kind, incidents, address, title }) {
  const html = document.createElement("span");
  html.className = `repeat-count repeat-${kind}`;
  html.textContent = incidents;
  const icon = L.divIcon({ className: "repeat-pin", html, iconSize: [32, 32] });
  const marker = L.marker([lat, lon], { icon, keyboard: false, riseOnHover: true, title, zIndexOffset: incidents * 10 });
  return marker.on("click", () => location.assign(address));
}

function link(map, marks) {
  const rows = new Map([...document.querySelectorAll(".row[data-place]")].map((row) => [row.dataset.place, row]));
  let lit = null;
  const light = (id) => {
    if (lit === id) return;
    for (const [name, on] of [[lit, false], [id, true]]) {
      rows.get(name)?.classList.toggle("is-lit", on);
      marks.get(name)?.getElement()?.classList.toggle("is-lit", on);
    }
    lit = id;
  };
  for (const [id, row] of rows) {
    row.addEventListener("pointerenter", () => light(id));
    row.addEventListener("focusin", () => {
      light(id);
      const at = marks.get(id)?.getLatLng();
      if (at && !map.getBounds().pad(-0.05).contains(at)) map.panTo(at);
    });
  }
  for (const [id, marker] of marks) marker.on("mouseover", () => light(id));
}
