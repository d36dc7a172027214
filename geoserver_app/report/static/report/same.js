// Is it one of these? Asked as soon as it is known what and where; what was chosen stays chosen.
import { askPart, whenQuiet } from "./ask.js";

export function showAlike(form, data, spot) {
  const place = document.getElementById("same-part");
  const said = document.getElementById("same-said");

  const look = whenQuiet(400, async (isLatest) => {
    const now = spot.read();
    const service = form.elements.namedItem("service").value;
    if (!service || !now.isPinned) return show(null);
    const page = await askPart(data.report.same, {
      service, lon: now.lon, lat: now.lat, accuracy: now.accuracy, method: now.method,
      description: form.elements.namedItem("description").value.slice(0, 500),
    });
    if (page && isLatest()) show(page);
    return undefined;
  });

  function show(page) {
    const chosen = form.querySelector("[name=same]:checked")?.value;
    const before = numbers();
    place.replaceChildren(...(page ? [...page.childNodes].map((node) => document.importNode(node, true)) : []));
    const again = [...form.querySelectorAll("[name=same]")].find((one) => one.value === chosen);
    if (again) again.checked = true;
    const title = place.querySelector("h3");
    if (title && numbers() !== before) said.textContent = title.textContent;
  }

  const numbers = () => place.querySelector("[name=same_shown]")?.value ?? "";

  spot.onChange(() => look());
  form.addEventListener("report:service", () => look());
  form.elements.namedItem("description").addEventListener("change", () => look());
}
