// Sending: once, however often the button is pressed; after the photos have arrived; not at all where one must call.

export function sendOnce(form, data, answers, photos) {
  const { words } = data.report;
  const button = document.getElementById("send");
  const said = document.getElementById("send-said");
  let isSending = false;

  form.addEventListener("submit", (event) => {
    if (event.submitter !== button) return;
    const stopper = answers.stopper();
    if (stopper || isSending || photos.areWaiting()) event.preventDefault();
    if (stopper) {
      stopper.scrollIntoView({ block: "center" });
      stopper.querySelector("a")?.focus({ preventScroll: true });
    } else if (!isSending && photos.areWaiting()) {
      said.textContent = words.waitPhotos;
      photos.allHere().then(() => form.requestSubmit(button));
    } else if (!isSending) {
      isSending = true;
      // Not disabled: a disabled button is left out of what is sent.
      button.setAttribute("aria-disabled", "true");
      said.textContent = words.sending;
    }
  });
  // Back from the next page, everything is as it was.
  window.addEventListener("pageshow", () => {
    isSending = false;
    button.removeAttribute("aria-disabled");
    said.textContent = "";
  });
}
