// The buttons on the map: zoom, where I am, the whole city.

const NEAR = 17;

export function connectTools(map, data, city, place) {
  const tools = document.getElementById("map-tools");
  const status = document.getElementById("map-status");
  const zooms = [...tools.querySelectorAll("[data-zoom]")];

  for (const button of zooms) button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
  tools.querySelector("[data-whole-city]").addEventListener("click", () => map.fitBounds(city));
  tools.querySelector("[data-locate]").addEventListener("click", () => {
    status.textContent = data.texts.locating;
    map.locate({ setView: true, maxZoom: NEAR, timeout: 15000, enableHighAccuracy: true });
  });
  map.on("locationfound", (event) => place.ask(event.latlng));
  map.on("locationerror", () => { status.textContent = data.texts.notLocated; });

  function limits() {
    for (const button of zooms) {
      const next = map.getZoom() + Number(button.dataset.zoom);
      // aria-disabled, not disabled: a button that vanishes under the keyboard's focus loses it.
      button.setAttribute("aria-disabled", String(next < map.getMinZoom() || next > map.getMaxZoom()));
    }
  }
  map.on("zoomend", limits);
  limits();
  L.DomEvent.disableClickPropagation(tools);
  tools.hidden = false;
}
