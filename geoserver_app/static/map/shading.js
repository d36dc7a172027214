// Places or heat: the switch on the map, what squares are shaded by, and the time that they are compared with.
import { besideMap } from "./beside.js";
import { heatLayer, heatLegend } from "./heat.js";
import { asDay, comparedWith, inWords, lastYear } from "./times.js";

export function shading(map, data, address, { pick, filters, changed }) {
  const { requests } = data;
  const tools = document.getElementById("heat-tools");
  const against = document.getElementById("heat-against");
  const switches = [...document.querySelectorAll("[data-draw]")];
  const heat = heatLayer(map, requests, pick);
  const other = besideMap(map, data, pick);

  /** The query of the squares: filters and view, and how they are shaded. */
  function query(asked) {
    const { shade } = address.read();
    const found = new URLSearchParams(asked);
    for (const [name, value] of Object.entries(shade)) if (value && name !== "draw") found.set(name, value);
    return found;
  }

  function draw(found) {
    showTools();
    if (!found) {
      heat.clear();
      other.close();
      return;
    }
    const { shade } = address.read();
    const shown = { ...found, rate: shade.rate };
    const times = {
      now: inWords({ since: filters().get("requested_from"), until: filters().get("requested_to") }),
      before: inWords({ since: shade.against_from, until: shade.against_to }),
    };
    if (shade.against_from && shade.beside) other.draw(shown, times);
    else other.close();
    heat.draw(shown);
    heatLegend(shown, requests, times);
  }

  function showTools() {
    const { shade } = address.read();
    for (const one of switches) one.setAttribute("aria-pressed", String(one.dataset.draw === shade.draw));
    tools.hidden = shade.draw !== "heat";
    for (const field of tools.querySelectorAll("[data-state]")) field.value = shade[field.dataset.state];
    against.value = comparison(shade);
    tools.querySelector("[data-state=beside]").closest("div").hidden = !shade.against_from;
  }

  /** Which of the choices a time in the address is; the first one for a time of one's own. */
  function comparison(shade) {
    if (!shade.against_from) return "";
    const now = { since: filters().get("requested_from"), until: filters().get("requested_to") };
    if (!now.since || !now.until) return "year";
    return ["year", "before"].find((kind) => comparedWith(kind, now).since === shade.against_from) ?? "year";
  }

  for (const one of switches) {
    one.addEventListener("click", () => {
      const off = one.dataset.draw ? {} : { against_from: "", against_to: "", beside: "" };
      address.push({ shade: { draw: one.dataset.draw, ...off }, cells: null, request: null });
      changed();
    });
  }
  for (const field of tools.querySelectorAll("[data-state]")) {
    field.addEventListener("change", () => {
      address.push({ shade: { [field.dataset.state]: field.value } });
      changed();
    });
  }
  against.addEventListener("change", () => {
    const asked = filters();
    const chosen = { since: asked.get("requested_from"), until: asked.get("requested_to") };
    const now = chosen.since && chosen.until ? chosen : lastYear(data.requests.today ?? asDay(new Date()));
    const before = against.value ? comparedWith(against.value, now) : { since: "", until: "" };
    const all = { requested_from: now.since, requested_to: now.until, status: asked.get("status") === requests.usual ? "all" : asked.get("status") };
    address.push({
      shade: { against_from: before.since, against_to: before.until },
      filters: against.value ? all : {},
      cells: null,
    });
    document.dispatchEvent(new Event("map-filters"));
    changed();
  });
  /** Another time was chosen: what it is compared with moves along. */
  document.addEventListener("map-times", () => {
    const { shade } = address.read();
    const asked = filters();
    const now = { since: asked.get("requested_from"), until: asked.get("requested_to") };
    if (!shade.against_from) return;
    const before = now.since && now.until ? comparedWith(against.value || "year", now) : { since: "", until: "" };
    address.replace({ shade: { against_from: before.since, against_to: before.until } });
  });
  showTools();
  return { query, draw, mark: heat.mark };
}
