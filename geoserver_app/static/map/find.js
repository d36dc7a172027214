// An address, a place or a neighborhood, typed: what it may mean appears below; a press takes the map there.

const PATIENCE_MS = 220;
const CLOSE = 17;

export function findPlaces(map, data, place, address) {
  const form = document.getElementById("find");
  const box = document.getElementById("find-text");
  const list = document.getElementById("found");
  const said = document.getElementById("map-said");
  const { words, suggest } = data.requests;
  let timer = null;
  let turn = 0;

  async function look() {
    const text = box.value.trim();
    const now = ++turn;
    const found = text.length < 3 ? [] : await ask(text);
    if (now !== turn) return [];
    list.replaceChildren(...found.map(row));
    if (text.length >= 3) said.textContent = found.length ? words.places.replace("{}", found.length) : words.nowhere;
    return found;
  }

  async function ask(text) {
    const query = new URLSearchParams({ q: text, limit: "6", jurisdiction: data.jurisdiction });
    const response = await fetch(`${suggest}?${query}`).catch(() => null);
    return response?.ok ? (await response.json()).candidates : [];
  }

  function row(one) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.textContent = one.label;
    link.href = `?map=${CLOSE}/${one.lat.toFixed(5)}/${one.lon.toFixed(5)}`;
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      take(one);
    });
    item.append(link);
    return item;
  }

  function take(one) {
    const at = L.latLng(one.lat, one.lon);
    box.value = one.label;
    list.replaceChildren();
    map.setView(at, CLOSE);
    place.ask(at);
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PATIENCE_MS);
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const [best] = await look();
    if (best) take(best);
  });
  form.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (event.key === "Escape") list.replaceChildren();
    if (!step) return;
    const now = event.target.closest("li");
    const to = now ? now[step]?.firstElementChild ?? box : event.key === "ArrowDown" && list.querySelector("a");
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  form.querySelector("[data-near]").addEventListener("click", () => {
    document.querySelector("#map-tools [data-locate]").click();
  });
}
