// Drawing where a notice holds: each press on the map is a corner; by the keyboard a button sets one at the center.
import { onMap, tools } from "../console/ground.js";

const words = JSON.parse(document.getElementById("draw-words").textContent);
const field = document.getElementById("id_shape");
const said = document.getElementById("draw-said");
const box = document.getElementById("draw-tools");
const chosen = document.querySelector("input[name=where][value=drawn]");
const button = box.querySelector("[data-do=draw]");
const LEAST = 3;

onMap((map, data) => {
  const corners = stored();
  const outline = L.polygon([], { color: "#5b2a86", weight: 3, fillOpacity: 0.15, interactive: false }).addTo(map);
  const dots = L.layerGroup().addTo(map);
  const all = () => map.fitBounds(corners.length > 1 ? outline.getBounds().pad(0.4) : data.bounds, { animate: false });
  tools(map, all);

  function show() {
    outline.setLatLngs(corners);
    dots.clearLayers();
    for (const corner of corners) L.circleMarker(corner, { radius: 4, color: "#5b2a86", fillColor: "#fff", fillOpacity: 1, interactive: false }).addTo(dots);
    field.value = corners.length < LEAST ? "" : JSON.stringify({ type: "Polygon", coordinates: [[...corners, corners[0]].map(place)] });
    said.textContent = corners.length ? words.corners.replace("%s", corners.length) : words.none;
    map.getContainer().dataset.corners = corners.length;
  }

  function add(at) {
    corners.push(at);
    chosen.checked = true;
    show();
  }

  const acts = {
    draw: () => press(button.getAttribute("aria-pressed") !== "true"),
    center: () => add(map.getCenter()),
    back: () => { corners.pop(); show(); },
    clear: () => { corners.length = 0; show(); },
  };
  const press = (on) => {
    button.setAttribute("aria-pressed", String(on));
    map.getContainer().classList.toggle("is-drawing", on);
    if (on) chosen.checked = true;
  };
  for (const one of box.querySelectorAll("button")) one.addEventListener("click", () => acts[one.dataset.do]());
  map.on("click", ({ latlng }) => { if (button.getAttribute("aria-pressed") === "true") add(latlng); });
  box.hidden = false;
  show();
  all();
});

function stored() {
  try {
    const [ring] = JSON.parse(field.value).coordinates;
    return ring.slice(0, -1).map(([lon, lat]) => L.latLng(lat, lon));
  } catch {
    return [];
  }
}

function place({ lat, lng }) {
  return [Number(lng.toFixed(7)), Number(lat.toFixed(7))];
}
