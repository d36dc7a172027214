// A second map of the same place beside the first, for another time.
import { cityLayer } from "./basemap.js";
import { heatLayer } from "./heat.js";

export function besideMap(map, data, pick) {
  const frame = document.getElementById("map-frame");
  let other = null;
  let heat = null;

  function open() {
    if (other) return;
    const box = document.createElement("div");
    box.id = "map-before";
    box.className = "map-before";
    box.setAttribute("aria-hidden", "true"); // the same in words stands in list and legend
    frame.append(box);
    frame.classList.add("is-beside");
    resize();
    other = L.map(box, { attributionControl: false, keyboard: false, zoomControl: false, minZoom: map.getMinZoom(), maxZoom: map.getMaxZoom() });
    other.setView(map.getCenter(), map.getZoom(), { animate: false });
    const ground = cityLayer(data);
    ground.drawRules([], []);
    ground.addTo(other);
    heat = heatLayer(other, data.requests, pick, { earlier: true });
    map.on("move", follow);
    other.on("move", lead);
    for (const control of box.querySelectorAll("a, button, [tabindex]")) control.tabIndex = -1;
    box.tabIndex = -1;
  }

  const same = () => other.getZoom() === map.getZoom() && other.getCenter().distanceTo(map.getCenter()) < 0.5;
  const follow = () => other && !same() && other.setView(map.getCenter(), map.getZoom(), { animate: false });
  const lead = () => !same() && map.setView(other.getCenter(), other.getZoom(), { animate: false });

  function close() {
    if (!other) return;
    map.off("move", follow);
    other.remove();
    other = null;
    document.getElementById("map-before").remove();
    frame.classList.remove("is-beside");
    resize();
  }

  /** The middle stays the middle. */
  function resize() {
    const center = map.getCenter();
    map.invalidateSize({ pan: false });
    map.setView(center, map.getZoom(), { animate: false });
  }

  function draw(found, times) {
    open();
    heat.draw(found);
    frame.dataset.now = times.now;
    frame.dataset.before = times.before;
  }

  return { draw, close };
}
