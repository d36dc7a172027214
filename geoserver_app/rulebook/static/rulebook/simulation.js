// Where requests would have gone to another desk: areas the darker the more of them, and the requests themselves.
import { onMap, tools } from "../console/ground.js";

const ON_MAP = 3000;
const { address } = document.getElementById("simulation-data").dataset;

onMap(async (map, data) => {
  const all = () => map.fitBounds(data.bounds, { animate: false });
  tools(map, all);
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const { features } = await answer.json();
  const areas = features.filter((one) => one.geometry.type !== "Point");
  const requests = features.filter((one) => one.geometry.type === "Point").slice(0, ON_MAP);
  L.geoJSON(areas, {
    style: ({ properties }) => ({ color: "#5b2a86", weight: 1.5, fillColor: "#5b2a86", fillOpacity: properties.share }),
    onEachFeature: ({ properties }, layer) => layer.bindPopup(words(`${properties.name}: ${properties.count}`)),
  }).addTo(map);
  const dots = L.canvas({ padding: 0.2 });
  for (const { geometry, properties } of requests) {
    const [lon, lat] = geometry.coordinates;
    L.circleMarker([lat, lon], { renderer: dots, radius: 4, color: "#fff", weight: 1, fillColor: "#c05600", fillOpacity: 1 })
      .bindPopup(words(`${properties.number} ${properties.service}: ${properties.before} → ${properties.after}`))
      .addTo(map);
  }
  map.getContainer().dataset.areas = areas.length;
  map.getContainer().dataset.requests = requests.length;
});

function words(text) {
  const paragraph = document.createElement("p");
  paragraph.textContent = text;
  return paragraph;
}
