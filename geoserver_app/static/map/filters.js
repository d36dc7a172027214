// The filters' form: each change goes into the address at once. Chips are the server's; a change lets it write them anew.

import { followMonths } from "./months.js";

const FIELDS = ["service_code", "group", "status", "requested_from", "requested_to", "area",
  "state", "channel", "department"];

export function followFilters(address, changed, requests) {
  const panel = document.getElementById("requests");

  function query() {
    const form = document.getElementById("filters");
    const values = new FormData(form);
    const found = {};
    for (const name of FIELDS) found[name] = values.getAll(name).filter(Boolean).join(",");
    if (found.status === requests.usual) found.status = "";
    return found;
  }

  panel.addEventListener("change", (event) => {
    if (!event.target.closest("#filters")) return;
    tidy(event.target);
    address.push({ filters: query(), cells: null, request: null });
    if (event.target.type === "date") document.dispatchEvent(new Event("map-times"));
    changed();
    rewrite();
  });
  document.addEventListener("map-filters", () => rewrite());
  followMonths(chooseMonth);

  function chooseMonth(days) {
    const filters = { requested_from: days?.since ?? "", requested_to: days?.until ?? "" };
    if (days && !query().status) filters.status = "all"; // of old months nothing is open or closed of late
    address.push({ filters, cells: null, request: null });
    document.dispatchEvent(new Event("map-times"));
    changed();
    rewrite();
  }

  panel.addEventListener("submit", (event) => {
    if (event.target.id === "filters") event.preventDefault();
  });
  panel.addEventListener("click", (event) => {
    const chip = event.target.closest("[data-chip]");
    if (!chip || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const wanted = new URLSearchParams(chip.search);
    const filters = Object.fromEntries(FIELDS.map((name) => [name, wanted.getAll(name).join(",")]));
    if (filters.status === requests.usual) filters.status = "";
    address.push({ filters, cells: null, request: null });
    changed();
    rewrite({ focus: "#filter-status" });
  });
  window.addEventListener("popstate", () => rewrite());

  /** A whole group takes its services in: both at once would say the same twice. */
  function tidy(field) {
    if (field.name === "group" && field.checked) {
      for (const one of field.closest("li").querySelectorAll("[name=service_code]")) one.checked = false;
    }
    if (field.name === "service_code" && field.checked) {
      field.closest("details").parentElement.querySelector("[name=group]").checked = false;
    }
  }

  /** Chips, heading and ticks as the server writes them for the address of now; what has the focus keeps it. */
  async function rewrite({ focus } = {}) {
    const asked = location.search;
    const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
    if (!response?.ok || location.search !== asked) return;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["chips", "requests-title"]) {
      document.getElementById(id).replaceWith(document.importNode(page.getElementById(id), true));
    }
    for (const field of page.querySelectorAll("#filters [name]")) take(field);
    document.dispatchEvent(new Event("map-form"));
    if (focus) document.querySelector(focus)?.focus();
  }

  function take(field) {
    const same = field.type === "checkbox" ? `[name="${field.name}"][value="${CSS.escape(field.value)}"]` : `[name="${field.name}"]`;
    const ours = document.querySelector(`#filters ${same}`);
    if (!ours || ours === document.activeElement) return;
    if (field.type === "checkbox") ours.checked = field.checked;
    else ours.value = field.value;
  }
}
