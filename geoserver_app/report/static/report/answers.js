// Questions that hang on earlier answers come and go; an answer that means "call instead" says so at once.

export function followAnswers(form) {
  const chosen = document.getElementById("chosen");
  const note = document.getElementById("stopped");

  function keysOf(question) {
    return [...question.querySelectorAll("input:checked")].map((input) => input.value);
  }

  function apply() {
    const given = {};
    for (const question of chosen.querySelectorAll("[data-question]")) {
      const { if: on, in: among } = question.dataset;
      const keys = among?.trim().split(" ") ?? [];
      question.hidden = Boolean(on) && !(given[on] ?? []).some((key) => keys.includes(key));
      if (!question.hidden) given[question.dataset.question] = keysOf(question);
    }
    for (const stopper of chosen.querySelectorAll("[data-stops]")) {
      stopper.hidden = !document.getElementById(stopper.dataset.stops).checked;
    }
    note.hidden = !stopper();
  }

  function stopper() {
    return [...chosen.querySelectorAll("[data-stops]")].find((one) => !one.hidden && !one.closest("[data-question]").hidden);
  }

  chosen.addEventListener("change", () => {
    apply();
    form.dispatchEvent(new CustomEvent("report:answers"));
  });
  form.addEventListener("report:service", apply);
  apply();
  return { stopper };
}

/** The answers chosen from lists, as the server reads them; what was typed stays out of addresses. */
export function chosenAnswers() {
  const inputs = document.querySelectorAll("#chosen [data-question]:not([hidden]) input:checked");
  return [...inputs].map((input) => [input.name, input.value]);
}
