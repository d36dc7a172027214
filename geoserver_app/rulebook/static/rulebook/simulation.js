// Where requests would have gone to another desk: areas the darker the more of them, and the requests themselves.
import { dots, found, onMap, tools, words } from "../console/ground.js";

const ON_MAP = 3000;
const { address } = document.getElementById("simulation-data").dataset;

onMap(async (map, data) => {
  tools(map, () => map.fitBounds(data.bounds, { animate: false }));
  const moves = await found(address, ON_MAP);
  if (!moves) return;
  const { areas, requests } = moves;
  L.geoJSON(areas, {
    style: ({ properties }) => ({ color: "#5b2a86", weight: 1.5, fillColor: "#5b2a86", fillOpacity: properties.share }),
    onEachFeature: ({ properties }, layer) => layer.bindPopup(words(`${properties.name}: ${properties.count}`)),
  }).addTo(map);
  dots(map, requests, ({ number, service, before, after }) => `${number} ${service}: ${before} → ${after}`);
  map.getContainer().dataset.areas = areas.length;
  map.getContainer().dataset.requests = requests.length;
});
