// The list beside the map: the newest of the view, or of the unit that was pressed. The server writes it.
import { inDigits } from "./numbers.js";

export function listOf(requests, { open, more, allCells, closer }) {
  const box = document.getElementById("request-list");
  const back = document.getElementById("cells-back");
  const asOf = document.getElementById("as-of");
  let turn = 0;

  async function load(query, cells, after = "") {
    const now = ++turn;
    const asked = new URLSearchParams(query);
    if (cells) asked.set("cells", cells);
    if (after) asked.set("after", after);
    const part = await fetchPart(`${requests.list}?${asked}`);
    if (now !== turn || !part) return;
    if (after) append(part);
    else replace(part);
    back.hidden = !cells;
  }

  /** Whoever stands in the list stays in it: at the same request, or at its first line, which says how many there are. */
  function replace(part) {
    const held = box.contains(document.activeElement) ? document.activeElement.dataset.number : null;
    box.replaceChildren(part);
    if (held === null) return;
    const count = box.querySelector(".list-count");
    if (count) count.tabIndex = -1;
    (box.querySelector(`[data-number="${held}"]`) ?? count)?.focus({ preventScroll: true });
  }

  function append(part) {
    const first = part.querySelector("li a");
    box.querySelector("ul.requests").append(...part.querySelectorAll("ul.requests > li"));
    box.querySelector(".list-more").replaceWith(part.querySelector(".list-more"));
    first?.focus({ preventScroll: true });
  }

  box.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const link = event.target.closest("a");
    if (link?.dataset.number) open(link.dataset.number);
    else if (link?.dataset.more) more(link.dataset.more);
    else return;
    event.preventDefault();
  });
  back.querySelector("[data-all-cells]").addEventListener("click", allCells);
  back.querySelector("[data-closer]").addEventListener("click", closer);

  return {
    load,
    hide(hidden) {
      box.hidden = hidden;
      if (hidden) back.hidden = true;
    },
    words: () => box.querySelector(".list-count")?.textContent.trim() ?? "",
    focus(number) {
      box.querySelector(`[data-number="${number}"]`)?.focus();
    },
    totals(found) {
      const { words } = requests;
      const time = new Date(found.as_of).toLocaleTimeString(document.documentElement.lang, { timeStyle: "short" });
      const off = found.off_map ? ` ${words.offMap.replace("{}", inDigits(found.off_map))}` : "";
      const view = words.inView.replace("{}", inDigits(found.in_view)).replace("{}", inDigits(found.total));
      asOf.textContent = `${view}.${off} ${words.asOf.replace("{}", time)}`;
    },
    /** The links to list and files take the filters along. */
    takeAlong(filters, cells) {
      const query = new URLSearchParams(filters);
      if (cells) query.set("cells", cells);
      for (const link of document.querySelectorAll("[data-take]")) {
        link.href = `${link.dataset.take}?${query}${link.dataset.take.includes("requests") ? "#list" : ""}`;
      }
    },
  };
}

/** A part of a page that the server writes; null where none came. */
export async function fetchPart(path) {
  try {
    const response = await fetch(path, { headers: { Accept: "text/html" } });
    if (!response.ok) return null;
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return document.importNode(page.body.firstElementChild, true);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's way to say that the network is away
    return null;
  }
}
