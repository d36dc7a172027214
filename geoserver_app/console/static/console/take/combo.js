// A text field with a list (ARIA combobox): the arrows walk, Enter takes, Escape closes; the mouse works too.
const WAIT_MS = 160;

export function combo(input, { address, said, openEmpty, onChoose, onType }) {
  const list = document.getElementById(`${input.id}-list`);
  let choices = [];
  let active = -1;
  let asked = 0;
  let timer = null;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  input.after(status);

  async function ask() {
    const turn = ++asked;
    const found = await fetched(`${address}?${new URLSearchParams({ q: input.value })}`);
    if (turn !== asked || document.activeElement !== input) return;
    choices = found;
    show(choices.length > 0);
    status.textContent = choices.length ? said.choices.replace("%s", choices.length) : said.none;
  }

  function show(open) {
    active = -1;
    list.replaceChildren(...(open ? choices.map(option) : []));
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    input.removeAttribute("aria-activedescendant");
  }

  function option(choice, index) {
    const item = document.createElement("li");
    item.id = `${list.id}-${index}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.append(choice.label);
    if (choice.hint) {
      const hint = document.createElement("span");
      hint.textContent = choice.hint;
      item.append(" ", hint);
    }
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => take(index));
    return item;
  }

  function walk(by) {
    if (!choices.length) return;
    active = (active + by + choices.length) % choices.length;
    [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === active)));
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }

  function take(index) {
    const choice = choices[index];
    clearTimeout(timer);
    asked++;
    show(false);
    onChoose(choice);
  }

  function typed() {
    onType();
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT_MS);
  }

  async function down() {
    if (list.hidden) {
      if (!input.value && !openEmpty) return;
      await ask();
    }
    walk(1);
  }

  async function enter() {
    // Who types quickly and presses Enter means the best fit, also where the list is still on its way.
    if (list.hidden && input.value && input.getAttribute("aria-busy") !== "true") return;
    if (active >= 0) take(active);
    else if (choices.length && input.value) take(0);
  }

  input.addEventListener("input", typed);
  input.addEventListener("blur", () => show(false));
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); down(); }
    else if (event.key === "ArrowUp" && !list.hidden) { event.preventDefault(); walk(-1); }
    else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); show(false); }
    else if (event.key === "Enter" && !event.ctrlKey && !list.hidden) { event.preventDefault(); enter(); }
  });
}

async function fetched(address) {
  try {
    const response = await fetch(address, { headers: { Accept: "application/json" } });
    return response.ok ? (await response.json()).choices : [];
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch's way to say that the network is away
    return [];
  }
}
