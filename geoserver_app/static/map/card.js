// The card of one incident, in the place of the list.
import { fetchPart } from "./list.js";

export function cardOf(requests, { closed }) {
  const box = document.getElementById("card");
  const button = document.getElementById("card-back").content.firstElementChild;
  let shown = null;

  async function show(number, filters) {
    if (shown === number) return null;
    shown = number;
    const jurisdiction = filters.get("jurisdiction");
    const query = jurisdiction ? `?jurisdiction=${encodeURIComponent(jurisdiction)}` : "";
    const part = await fetchPart(requests.card.replace("NUMBER", encodeURIComponent(number)) + query);
    if (shown !== number) return null;
    if (!part) {
      shown = null;
      closed();
      return null;
    }
    const back = button.cloneNode(true);
    back.addEventListener("click", closed);
    box.replaceChildren(back, part);
    box.hidden = false;
    part.querySelector("h3").focus({ preventScroll: true });
    reveal();
    return { lat: Number(part.dataset.lat), lon: Number(part.dataset.lon), cell: part.dataset.cell };
  }

  function reveal() {
    const { top, bottom } = box.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) box.scrollIntoView({ block: "nearest" });
  }

  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") closed();
  });
  return {
    show,
    hide() {
      shown = null;
      box.hidden = true;
      box.replaceChildren();
    },
  };
}
