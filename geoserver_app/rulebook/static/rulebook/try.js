// A version tried on a place: press the map or drag the pin, and the page asks who would get it there.
import { onMap, pin, tools } from "../console/ground.js";

const NEAR = 17;
const { lat, lon } = JSON.parse(document.getElementById("try-data").textContent);
const form = document.getElementById("try-form");
const service = document.getElementById("try-service");
const fields = { lat: document.getElementById("id_lat"), lon: document.getElementById("id_lon") };
const search = document.getElementById("try-q");

onMap((map, data) => {
  let marker = null;
  const put = (point) => {
    if (marker) return marker.setLatLng(point);
    marker = pin(point, { draggable: true, interactive: true }).addTo(map);
    marker.on("dragend", () => ask(marker.getLatLng()));
    return marker;
  };
  const near = () => {
    if (marker) map.setView(marker.getLatLng(), NEAR, { animate: false });
    else map.fitBounds(data.bounds, { animate: false });
  };
  const ask = (point) => {
    const there = point.wrap();
    fields.lat.value = there.lat.toFixed(6);
    fields.lon.value = there.lng.toFixed(6);
    search.value = "";
    put(there);
    if (service.value) form.submit();
  };
  if (lat !== null) put(L.latLng(lat, lon));
  near();
  tools(map, near);
  map.on("click", (event) => ask(event.latlng));
});

service.addEventListener("change", () => { if (service.value) form.submit(); });
