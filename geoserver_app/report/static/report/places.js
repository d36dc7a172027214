// An address or a corner, typed: places that it may mean appear below; a press or Enter sets the pin.
import { askJson, fill, whenQuiet } from "./ask.js";

const FAR_M = 100; // a pin set by hand this far from the address is another place

export function suggestPlaces(form, data, spot) {
  const { words, places } = data.report;
  const box = document.getElementById("address");
  const list = document.getElementById("suggestions");
  const said = document.getElementById("here-said");
  let taken = null;

  const look = whenQuiet(220, async (isLatest) => {
    const text = box.value.trim();
    const answer = text.length < 4 ? { places: [] } : await askJson(places, { q: text });
    if (!isLatest()) return;
    const found = answer?.places ?? [];
    list.replaceChildren(...found.map(row));
    said.textContent = "";
    if (text.length < 4) return;
    if (!answer) said.textContent = words.failed;
    else if (found.length) said.textContent = fill(words.places, found.length);
    else if (/\d+\s+\S{3}|\s(and|y|con)\s+\S{2}|[&@]\s*\S{2}/i.test(text)) said.textContent = words.noPlaces;
  });

  function row(place) {
    const item = document.createElement("li");
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "pick", textContent: place.label });
    button.addEventListener("click", () => take(place));
    item.append(button);
    return item;
  }

  function take(place) {
    taken = place;
    box.value = place.label;
    list.replaceChildren();
    said.textContent = "";
    spot.set({ lon: place.lon, lat: place.lat, method: place.method, accuracy: place.accuracy });
    box.focus({ preventScroll: true });
  }

  box.addEventListener("input", look);
  box.addEventListener("keydown", (event) => {
    const first = list.querySelector("button");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    } else if (event.key === "Enter" && first) first.click();
    else if (event.key === "Escape") list.replaceChildren();
  });
  list.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    (event.target.closest("li")[step]?.querySelector("button") ?? box).focus();
  });
  // The address that was taken from the list goes when the pin is set somewhere else; one's own words stay.
  spot.onChange((now) => {
    if (!taken || box.value !== taken.label || now.method === "address") return;
    if (L.latLng(now.lat, now.lon).distanceTo([taken.lat, taken.lon]) > FAR_M) {
      box.value = "";
      taken = null;
    }
  });
}
