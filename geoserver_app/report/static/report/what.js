// What is the problem: services found while typing, one chosen with a press, its questions fetched; nothing is lost.
import { askJson, askPart, fill, whenQuiet } from "./ask.js";

export function chooseService(form, data) {
  const { words, services, form: part } = data.report;
  const box = document.getElementById("q");
  const results = document.getElementById("results");
  const browse = document.getElementById("browse");
  const said = document.getElementById("q-said");
  const chooser = document.getElementById("chooser");
  const chosen = document.getElementById("chosen");
  const carried = document.getElementById("other-answers");
  const field = document.getElementById("service");

  const search = whenQuiet(160, async (isLatest) => {
    const text = box.value.trim();
    const answer = text.length < 2 ? { services: [] } : await askJson(services, { q: text });
    if (!isLatest()) return;
    const found = answer?.services ?? [];
    results.replaceChildren(...found.map(pick));
    browse.hidden = found.length > 0;
    said.textContent = "";
    if (text.length < 2) return;
    said.textContent = !answer ? words.failed : found.length ? fill(words.services, found.length) : words.noServices;
    if (!found.length) results.append(nothing(said.textContent));
  });

  async function choose(code) {
    const answer = await askPart(part, { service: code });
    if (!answer) {
      results.replaceChildren(nothing(words.failed));
      return;
    }
    carryAnswers();
    chosen.replaceChildren(...document.importNode(answer, true).childNodes);
    restoreAnswers();
    field.value = code;
    box.value = "";
    results.replaceChildren();
    browse.hidden = false;
    chooser.classList.add("has-choice");
    chooser.open = false;
    document.getElementById("what").classList.add("is-done");
    document.getElementById("service-error")?.remove();
    box.removeAttribute("aria-invalid");
    show();
    form.dispatchEvent(new CustomEvent("report:service"));
    document.getElementById("chosen-name").focus({ preventScroll: true });
    document.getElementById("what").scrollIntoView({ block: "start" });
  }

  function show() {
    const location = chosen.querySelector("[data-location]")?.dataset.location;
    document.getElementById("where").classList.toggle("is-needless", location === "none");
  }

  // What was answered to the old service waits in hidden fields, in case somebody comes back to it.
  function carryAnswers() {
    for (const [name, value] of new FormData(form)) {
      if (!name.startsWith("answer.") || !value || !chosen.querySelector(`[name="${CSS.escape(name)}"]`)) continue;
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name, value });
      carried.append(kept);
    }
  }

  function restoreAnswers() {
    for (const kept of [...carried.children]) {
      const inputs = [...chosen.querySelectorAll(`[name="${CSS.escape(kept.name)}"]`)];
      if (!inputs.length) continue;
      const match = inputs.find((input) => input.value === kept.value);
      if (inputs[0].type === "radio" || inputs[0].type === "checkbox") {
        if (match) match.checked = true;
      } else inputs[0].value = kept.value;
      kept.remove();
    }
  }

  box.addEventListener("input", search);
  box.addEventListener("keydown", (event) => {
    const first = results.querySelector("button");
    if (event.key === "ArrowDown" && first) {
      event.preventDefault();
      first.focus();
    }
    if (event.key === "Enter" && first) choose(first.value);
  });
  results.addEventListener("keydown", (event) => {
    const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
    if (!step) return;
    event.preventDefault();
    (event.target.closest("li")[step]?.querySelector("button") ?? box).focus();
  });
  chooser.addEventListener("click", (event) => {
    const button = event.target.closest("button[name=pick]");
    if (!button) return;
    event.preventDefault();
    choose(button.value);
  });
  chooser.addEventListener("toggle", () => {
    if (chooser.open && chooser.classList.contains("has-choice")) box.focus({ preventScroll: true });
  });
  form.addEventListener("report:service", show);
}

function pick(service) {
  const row = document.createElement("li");
  const button = document.createElement("button");
  Object.assign(button, { className: "pick", name: "pick", value: service.code });
  for (const [className, text] of [["pick-name", service.name], ["pick-group", service.group]]) {
    const words = document.createElement("span");
    Object.assign(words, { className, textContent: text });
    button.append(words);
  }
  row.append(button);
  return row;
}

function nothing(text) {
  const row = document.createElement("li");
  Object.assign(row, { className: "nothing", textContent: text });
  return row;
}
