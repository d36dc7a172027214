// Copies the number or the code.

const said = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const source = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch (error) {
      if (!(error instanceof DOMException) && !(error instanceof TypeError)) throw error;
      getSelection().selectAllChildren(source); // no clipboard here: the text is marked for the keyboard
      return;
    }
    said.textContent = said.dataset.words;
    const label = button.querySelector("span");
    const before = label.textContent;
    label.textContent = said.dataset.words;
    setTimeout(() => { label.textContent = before; }, 2000);
  });
}
