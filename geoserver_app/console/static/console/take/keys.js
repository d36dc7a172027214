// Shortcuts, listed by "?" and turned off by a box. The one single letter works only outside of fields (WCAG 2.1.4).
const KEPT = "take-keys-off";

export function useKeys(root, act) {
  const dialog = document.getElementById("take-dialog");
  const button = document.getElementById("take-keys");
  const box = document.getElementById("take-keys-on");
  box.checked = localStorage.getItem(KEPT) === null;
  box.addEventListener("change", () => (box.checked ? localStorage.removeItem(KEPT) : localStorage.setItem(KEPT, "1")));
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());

  document.addEventListener("keydown", (event) => {
    if (!box.checked || dialog.open) return;
    const wanted = meant(event);
    if (!wanted) return;
    event.preventDefault();
    wanted();
  });

  function meant(event) {
    if (event.ctrlKey && event.key === "Enter") return act.send;
    if (event.ctrlKey || event.altKey || event.metaKey) return null;
    if (event.key === "F2") return act.park;
    if (event.key === "F8") return nextParked;
    if (event.key === "?" && !event.target.matches("input, textarea, select")) return () => dialog.showModal();
    return null;
  }

  function nextParked() {
    const links = [...root.querySelectorAll(".take-parked a")];
    if (!links.length) return;
    const here = links.findIndex((link) => link.getAttribute("aria-current"));
    links[(here + 1) % links.length].click();
  }
}
