// Where a notice holds, on the city's own map.
import { onMap, tools } from "../console/ground.js";

const outline = JSON.parse(document.getElementById("notice-outline").textContent);

onMap((map, data) => {
  const style = { color: "#5b2a86", weight: 3, fillColor: "#5b2a86", fillOpacity: 0.15 };
  const drawn = outline ? L.geoJSON(outline, { style, interactive: false }).addTo(map) : null;
  const all = () => map.fitBounds(drawn ? drawn.getBounds().pad(0.4) : data.bounds, { animate: false });
  tools(map, all);
  all();
});
