// With the keyboard: while the map has the focus a crosshair marks its center; Leaflet's own keys move and zoom it,
// Enter asks what is at the crosshair. Tab goes on, as everywhere.

export function aimWithKeys(map, place) {
  const box = map.getContainer();
  const frame = document.getElementById("map-frame");
  box.setAttribute("role", "application");
  box.setAttribute("aria-label", frame.closest("section").getAttribute("aria-label"));
  box.setAttribute("aria-describedby", "map-keys");
  box.append(crosshair());
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    place.ask(map.getCenter());
  });
  // Leaflet focuses the map on a press too; only who comes by the keyboard needs the crosshair.
  let byKeys = false;
  const follow = () => frame.classList.toggle("by-keys", byKeys && document.activeElement === box);
  document.addEventListener("keydown", () => { byKeys = true; setTimeout(follow); }, true);
  document.addEventListener("pointerdown", () => { byKeys = false; setTimeout(follow); }, true);
  box.addEventListener("focus", () => setTimeout(follow));
  box.addEventListener("blur", () => setTimeout(follow));
  const button = document.getElementById("ask-center");
  for (const [on, off] of [["pointerenter", "pointerleave"], ["focus", "blur"]]) {
    button.addEventListener(on, () => frame.classList.add("aiming"));
    button.addEventListener(off, () => frame.classList.remove("aiming"));
  }
}

function crosshair() {
  const name = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(name, "svg");
  const path = document.createElementNS(name, "path");
  for (const [key, value] of Object.entries({ class: "crosshair", viewBox: "0 0 44 44", "aria-hidden": "true" })) {
    svg.setAttribute(key, value);
  }
  path.setAttribute("d", "M22 2v14M22 28v14M2 22h14M28 22h14M22 21v2");
  path.setAttribute("stroke", "currentColor");
  path.setAttribute("stroke-width", "3");
  path.setAttribute("stroke-linecap", "round");
  svg.append(path);
  return svg;
}
