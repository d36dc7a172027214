// How far a report is: asked every second, and the page again when it is made.
const box = document.getElementById("gis-progress");
const [step, bar, count] = ["gis-step", "gis-bar", "gis-count"].map((id) => document.getElementById(id));

async function ask() {
  try {
    const answer = await fetch(box.dataset.state, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const state = await answer.json();
    if (!state.running) return location.reload();
    if (step.textContent !== state.step) step.textContent = state.step;
    if (state.total) {
      bar.max = state.total;
      bar.value = state.done;
      count.textContent = `${state.done} / ${state.total}`;
    } else {
      bar.removeAttribute("value");
      count.textContent = "";
    }
  } catch {
    // The server is away for a moment; the next second asks again.
  }
}

setInterval(ask, 1000);
