// The place of a request: press the map or drag the pin, and the form says the same in degrees.
import { onMap, pin, tools } from "./ground.js";

const NEAR = 18;
const place = JSON.parse(document.getElementById("place-data").textContent);
const [lat, lon, method] = ["lat", "lon", "method"].map((name) => document.getElementById(`id_${name}`));

onMap((map, data) => {
  let marker = null;
  const put = (point, by) => {
    if (marker) marker.setLatLng(point);
    else {
      marker = pin(point, { draggable: true, interactive: true }).addTo(map);
      marker.on("dragend", () => write(marker.getLatLng()));
    }
    if (by === "hand") write(point);
  };
  const write = (point) => {
    const there = point.wrap();
    lat.value = there.lat.toFixed(6);
    lon.value = there.lng.toFixed(6);
    method.value = "pin";
  };
  const near = () => {
    if (marker) map.setView(marker.getLatLng(), NEAR, { animate: false });
    else map.fitBounds(data.bounds, { animate: false });
  };
  if (place.parcel) L.geoJSON(place.parcel, { style: { color: "#005ea2", weight: 2, fillOpacity: 0.06 }, interactive: false }).addTo(map);
  if (place.lat !== null) put(L.latLng(place.lat, place.lon));
  near();
  tools(map, near);
  map.on("click", (event) => put(event.latlng, "hand"));
  for (const field of [lat, lon]) {
    field.addEventListener("change", () => {
      method.value = "pin";
      const point = L.latLng(Number(lat.value), Number(lon.value));
      if (lat.value && lon.value) { put(point); map.panTo(point); }
    });
  }
});
