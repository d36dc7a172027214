// The ground that changes hands and the requests that would move, on the city's own map.
import { dots, found, onMap, tools, words } from "../console/ground.js";

const ON_MAP = 2000;
const { address } = document.getElementById("preview-data").dataset;

onMap(async (map, data) => {
  tools(map, () => map.fitBounds(data.bounds, { animate: false }));
  const changes = await found(address, ON_MAP);
  if (!changes) return;
  const { areas, requests } = changes;
  const changed = L.geoJSON(areas, {
    style: { color: "#5b2a86", weight: 2, fillColor: "#5b2a86", fillOpacity: 0.25 },
    onEachFeature: (one, layer) => layer.bindPopup(words(`${side(one.properties.before)} → ${side(one.properties.after)}`)),
  }).addTo(map);
  dots(map, requests, ({ number, service, gone, fresh }) =>
    `${number} ${service}: ${gone.join(", ") || "–"} → ${fresh.join(", ") || "–"}`);
  if (areas.length) map.fitBounds(changed.getBounds().pad(0.1), { animate: false });
  map.getContainer().dataset.ground = areas.length;
  map.getContainer().dataset.requests = requests.length;
});

function side(code) {
  return code ?? "–";
}
