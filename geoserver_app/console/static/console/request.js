// A request's page: its place on the map, links that open a form, the table of rules fetched when it is unfolded.
import { onMap, pin, tools } from "./ground.js";

const NEAR = 17;

if (document.getElementById("place-data")) {
  const place = JSON.parse(document.getElementById("place-data").textContent);
  onMap((map) => {
    const at = L.latLng(place.lat, place.lon);
    if (place.parcel) L.geoJSON(place.parcel, { style: { color: "#005ea2", weight: 2, fillOpacity: 0.08 }, interactive: false }).addTo(map);
    if (place.accuracy) L.circle(at, { radius: place.accuracy, color: "#162e51", weight: 1, dashArray: "4 3", fillOpacity: 0.06, interactive: false }).addTo(map);
    pin(at).addTo(map);
    const near = () => map.setView(at, NEAR, { animate: false });
    near();
    tools(map, near);
  });
}

for (const link of document.querySelectorAll("[data-opens]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const panel = document.getElementById(link.dataset.opens);
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
}

const wrong = document.querySelector("details[open] .has-error");
wrong?.scrollIntoView({ block: "center" });
wrong?.querySelector("input, select, textarea")?.focus();

const rules = document.querySelector("details.rules");
rules?.addEventListener("toggle", async () => {
  if (!rules.open || rules.dataset.loaded) return;
  rules.dataset.loaded = "1";
  const separator = rules.dataset.part.includes("?") ? "&" : "?";
  const answer = await fetch(`${rules.dataset.part}${separator}part=1`, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector(".rules-part");
  if (part) rules.querySelector("p").replaceWith(document.importNode(part, true));
});
