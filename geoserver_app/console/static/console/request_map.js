// The place of a request on its page: pin, accuracy, parcel.
import { onMap, pin, tools } from "./ground.js";

const NEAR = 17;
const place = JSON.parse(document.getElementById("place-data").textContent);

onMap((map) => {
  const at = L.latLng(place.lat, place.lon);
  const quiet = { interactive: false };
  if (place.parcel) L.geoJSON(place.parcel, { ...quiet, style: { color: "#005ea2", weight: 2, fillOpacity: 0.08 } }).addTo(map);
  if (place.accuracy) L.circle(at, { ...quiet, radius: place.accuracy, color: "#162e51", weight: 1, dashArray: "4 3", fillOpacity: 0.06 }).addTo(map);
  pin(at).addTo(map);
  const near = () => map.setView(at, NEAR, { animate: false });
  near();
  tools(map, near);
});
