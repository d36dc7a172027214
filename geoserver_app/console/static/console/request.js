// A request's page: links that open a form, the table of rules fetched when it is unfolded. Its map is a module apart.

for (const link of document.querySelectorAll("[data-opens]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const panel = document.getElementById(link.dataset.opens);
    panel.open = true;
    panel.scrollIntoView({ block: "nearest" });
    panel.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
  });
}

const wrong = document.querySelector("details[open] .has-error");
wrong?.scrollIntoView({ block: "center" });
wrong?.querySelector("input, select, textarea")?.focus();

const rules = document.querySelector("details.rules");
rules?.addEventListener("toggle", async () => {
  if (!rules.open || rules.dataset.loaded) return;
  rules.dataset.loaded = "1";
  const separator = rules.dataset.part.includes("?") ? "&" : "?";
  const answer = await fetch(`${rules.dataset.part}${separator}part=1`, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const part = page.querySelector(".rules-part");
  if (part) rules.querySelector("p").replaceWith(document.importNode(part, true));
});
