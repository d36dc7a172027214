// Known problems: asked for when service and place are known; what was answered stands in the form's own field.
import { askPart } from "./ask.js";

export function showKnown(form, address, spot) {
  const box = document.getElementById("known");
  const kept = document.getElementById("known-kept");
  let turn = 0;

  async function look() {
    const mine = ++turn;
    const service = document.getElementById("service").value;
    const { isPinned, lon, lat } = spot.read();
    const part = service ? await askPart(address, { service, ...(isPinned ? { lon, lat } : {}) }) : null;
    if (mine !== turn || (service && !part)) return;
    const fresh = part?.querySelector("#known-panel") ?? null;
    if (ids(fresh) === ids(box)) return;
    box.replaceChildren(...(fresh ? [document.importNode(fresh, true)] : []));
    if (!fresh) return;
    const [kind, answered = ""] = kept.value.split(":");
    if (ids(fresh).split(",").every((one) => answered.split(",").includes(one))) settle(kind);
    else box.querySelector("h2").focus({ preventScroll: true });
    box.scrollIntoView({ block: "nearest" });
  }

  function settle(kind) {
    const panel = box.firstElementChild;
    delete panel.dataset.open;
    panel.classList.add("is-answered");
    document.getElementById("known-answered").textContent = panel.querySelector(".known-words").dataset[kind] ?? "";
  }

  box.addEventListener("click", (event) => {
    const kind = event.target.closest("button[name=known]")?.value;
    if (!kind || kind === "enough") return;
    event.preventDefault();
    const reason = kind === "anyway" ? document.getElementById("known-reason").value : "";
    kept.value = `${kind}:${ids(box)}:${reason}`;
    settle(kind);
    const next = kind === "tell" ? form.querySelector("[name=tell_by][value=email]") : document.getElementById("description");
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "center" });
  });
  form.addEventListener("report:service", look);
  spot.onChange(look);
}

function ids(part) {
  return part?.querySelector("[name=known_ids]")?.value ?? "";
}
