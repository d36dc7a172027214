// Where a service is about one of the city's things (a street light), those are dots on the map: a press takes one.
import { askJson, whenQuiet } from "./ask.js";

const NEAR = 16;
const DOT = { radius: 8, color: "#fff", weight: 2, fillColor: "#005ea2", fillOpacity: 0.9 };

export function showThings(map, form, data, spot) {
  const { words, assets } = data.report;
  const group = L.layerGroup().addTo(map);
  const status = document.getElementById("map-status");
  let meant = null;

  const isAbout = () => document.querySelector("#chosen [data-location]")?.dataset.location === "asset";

  const load = whenQuiet(150, async (isLatest) => {
    if (!isAbout()) {
      group.clearLayers();
      if (status.dataset.by === "things") tell("");
      return;
    }
    if (map.getZoom() < NEAR) {
      group.clearLayers();
      tell(words.nearer);
      return;
    }
    const service = form.elements.namedItem("service").value;
    const answer = await askJson(assets, { service, bbox: map.getBounds().toBBoxString() });
    if (!answer || !isLatest()) return;
    group.clearLayers();
    for (const thing of answer.assets) dot(thing).addTo(group);
    tell(answer.assets.length ? words.tapThing : "");
  });

  function dot(thing) {
    const look = meant === thing.id ? { ...DOT, radius: 11, fillColor: "#b50909" } : DOT;
    const drawn = L.circleMarker([thing.lat, thing.lon], { ...look, bubblingMouseEvents: false });
    drawn.bindTooltip(thing.label);
    drawn.on("click", () => spot.set({ lon: thing.lon, lat: thing.lat, method: "asset", asset: thing.id }));
    return drawn;
  }

  function tell(text) {
    status.textContent = text;
    status.dataset.by = text ? "things" : "";
  }

  map.on("moveend", load);
  form.addEventListener("report:service", () => {
    if (isAbout() && map.getZoom() < NEAR && spot.read().isPinned) map.setView([spot.read().lat, spot.read().lon], NEAR + 2);
    load();
  });
  load();
  return {
    mark(thing) {
      if (meant === (thing?.id ?? null)) return;
      meant = thing?.id ?? null;
      load();
    },
  };
}
