// The ground that changes hands and the requests that would move, on the city's own map.
import { onMap, tools } from "../console/ground.js";

const ON_MAP = 2000;
const { address } = document.getElementById("preview-data").dataset;

onMap(async (map, data) => {
  const all = () => map.fitBounds(data.bounds, { animate: false });
  tools(map, all);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { features } = await answer.json();
  const ground = features.filter((one) => one.geometry.type !== "Point");
  const requests = features.filter((one) => one.geometry.type === "Point").slice(0, ON_MAP);
  const changed = L.geoJSON(ground, {
    style: { color: "#5b2a86", weight: 2, fillColor: "#5b2a86", fillOpacity: 0.25 },
    onEachFeature: (one, layer) => layer.bindPopup(words(`${side(one.properties.before)} → ${side(one.properties.after)}`)),
  }).addTo(map);
  const dots = L.canvas({ padding: 0.2 });
  for (const one of requests) {
    const [lon, lat] = one.geometry.coordinates;
    const { number, service, gone, fresh } = one.properties;
    L.circleMarker([lat, lon], { renderer: dots, radius: 4, color: "#fff", weight: 1, fillColor: "#c05600", fillOpacity: 1 })
      .bindPopup(words(`${number} ${service}: ${gone.join(", ") || "–"} → ${fresh.join(", ") || "–"}`))
      .addTo(map);
  }
  if (ground.length) map.fitBounds(changed.getBounds().pad(0.1), { animate: false });
  map.getContainer().dataset.ground = ground.length;
  map.getContainer().dataset.requests = requests.length;
});

function side(code) {
  return code ?? "–";
}

function words(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}
