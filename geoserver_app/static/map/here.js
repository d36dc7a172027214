// What is here? A press on the map, or Enter at its center, asks the server and shows its answer in the panel.

export function askAboutPlaces(map, data, address) {
  const answer = document.getElementById("here-answer");
  const status = document.getElementById("map-status");
  const said = document.getElementById("map-said");
  const invitation = [...answer.childNodes].map((node) => node.cloneNode(true));
  let marker = null;
  let asked = 0;

  async function show(point) {
    const turn = ++asked;
    mark(point);
    status.textContent = data.texts.asking;
    const found = await fetchAnswer(point);
    if (turn !== asked) return;
    answer.replaceChildren(found);
    status.textContent = "";
    said.textContent = found.dataset.headline ?? found.textContent;
    revealOnSmallScreens();
  }

  async function fetchAnswer(point) {
    const query = new URLSearchParams(location.search.match(/jurisdiction=/) ? { jurisdiction: data.jurisdiction } : {});
    query.set("lat", point.lat.toFixed(6));
    query.set("lon", point.lng.toFixed(6));
    query.set("part", "1");
    try {
      const response = await fetch(`${data.here}?${query}`, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const part = page.querySelector(".answer, main .lead");
      if (part) return document.importNode(part, true);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // fetch's way to say that the network is away
    }
    const sorry = document.createElement("p");
    sorry.textContent = data.texts.failed;
    return sorry;
  }

  function mark(point) {
    marker?.remove();
    const pin = document.getElementById("here-pin").content.firstElementChild.cloneNode(true);
    const icon = L.divIcon({ className: "here-pin", html: pin, iconSize: [32, 42], iconAnchor: [16, 41] });
    marker = L.marker(point, { icon, interactive: false, keyboard: false }).addTo(map);
  }

  function revealOnSmallScreens() {
    const box = answer.getBoundingClientRect();
    const lowest = innerHeight * 0.66;
    if (box.top > lowest) scrollBy({ top: box.top - lowest, behavior: "smooth" });
  }

  function ask(point) {
    const place = point.wrap();
    show(place);
    address.push({ here: place });
  }

  map.on("click", (event) => ask(event.latlng));
  document.getElementById("ask-center").addEventListener("click", () => ask(map.getCenter()));
  return {
    ask,
    restore(point) {
      if (point) show(point);
      else if (marker) {
        asked += 1;
        marker.remove();
        marker = null;
        answer.replaceChildren(...invitation.map((node) => node.cloneNode(true)));
      }
    },
  };
}
