// Saves the form a moment after each change, and puts the parts of the page in place that follow from it.
const WAIT_MS = 500;

export function keepSaved(root, form, said) {
  const note = document.getElementById("take-saved");
  let timer = null;
  let underWay = Promise.resolve();
  let changed = 0;

  function later() {
    changed++;
    clearTimeout(timer);
    timer = setTimeout(now, WAIT_MS);
  }

  /** Saves at once; resolves when the parts are in place. One at a time, so that an older answer never wins. */
  function now() {
    clearTimeout(timer);
    underWay = underWay.then(save);
    return underWay;
  }

  async function save() {
    const turn = changed;
    try {
      const response = await fetch(root.dataset.look, { method: "POST", body: new FormData(form) });
      if (!response.ok) throw new TypeError(String(response.status));
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      if (turn === changed) place(page);
      note.textContent = said.saved;
      rememberAddress();
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      note.textContent = said.notSaved;
    }
  }

  function place(page) {
    for (const part of root.querySelectorAll("[data-part]")) {
      const fresh = page.querySelector(`[data-part=${part.dataset.part}]`);
      if (!fresh || part.dataset.key && part.dataset.key === fresh.dataset.key) continue;
      if (part.dataset.key !== undefined) part.dataset.key = fresh.dataset.key;
      if (part.textContent === fresh.textContent && part.dataset.key === undefined) continue;
      const focused = part.contains(document.activeElement) ? document.activeElement : null;
      part.replaceChildren(...[...fresh.childNodes].map((node) => document.importNode(node, true)));
      if (focused) focusAgain(part, focused);
    }
  }

  // The questions were asked anew after an answer: the keyboard stays where it was.
  function focusAgain(part, focused) {
    const same = focused.id
      ? document.getElementById(focused.id)
      : [...part.querySelectorAll("input")].find((one) => one.name === focused.name && one.value === focused.value);
    same?.focus();
  }

  // A reload finds the form again.
  function rememberAddress() {
    const address = `${root.dataset.page}?draft=${form.elements.draft.value}`;
    if (location.pathname + location.search !== address) history.replaceState(null, "", address);
  }

  form.addEventListener("input", later);
  // What belongs to the form but stands beside it.
  root.addEventListener("change", (event) => { if (!form.contains(event.target) && event.target.form === form) { changed++; now(); } });
  form.addEventListener("change", (event) => { if (event.target.matches("select, [type=radio], [type=checkbox]")) { changed++; now(); } });
  return {
    now,
    /** Waits for what is under way and saves no more. */
    stop() {
      clearTimeout(timer);
      changed++;
      return underWay;
    },
  };
}
