// The call-taker's form by the keyboard: lists while typing, parts of the page that follow, shortcuts, nothing lost.
import { combo } from "./combo.js";
import { keepSaved } from "./saving.js";
import { useKeys } from "./keys.js";

const root = document.getElementById("take");
const form = document.getElementById("take-form");
const said = JSON.parse(document.getElementById("take-said").textContent);
const field = (name) => form.elements[name];

const saving = keepSaved(root, form, said);

const choose = {
  services(choice) {
    if (choice.logs) {
      logAtOnce(choice.code);
      return;
    }
    field("say").value = choice.label;
    field("service").value = choice.code;
    saving.now().then(() => field("where").focus());
  },
  places(choice) {
    Object.assign(field("where"), { value: choice.label });
    field("lon").value = choice.lon;
    field("lat").value = choice.lat;
    field("place_label").value = choice.label;
    document.getElementById("place-state").textContent = `✓ ${choice.label}`;
    saving.now().then(focusAfterPlace);
  },
};

const forget = {
  services() { field("service").value = ""; },
  places() {
    for (const name of ["lon", "lat", "place_label"]) field(name).value = "";
    document.getElementById("place-state").textContent = "";
  },
};

for (const input of form.querySelectorAll("[data-combo]")) {
  const kind = input.dataset.combo;
  combo(input, {
    address: root.dataset[kind],
    said,
    openEmpty: kind === "services",
    onChoose: choose[kind],
    onType: forget[kind],
  });
}

// What is sent is what the page shows: a save that is under way must not come after it.
function submitWith(button) {
  saving.stop().then(() => form.requestSubmit(button));
}

function logAtOnce(code) {
  const button = document.createElement("button");
  Object.assign(button, { name: "quick", value: code, hidden: true });
  form.append(button);
  submitWith(button);
}

function focusAfterPlace() {
  const first = form.querySelector("[data-part=questions] input, [data-part=questions] textarea");
  (first ?? field("description")).focus();
}

form.addEventListener("submit", (event) => {
  if (form.dataset.sent) event.preventDefault();
  else if (event.submitter && ["send", "answered"].includes(event.submitter.value)) form.dataset.sent = "1";
});
window.addEventListener("pageshow", () => { delete form.dataset.sent; });

// Enter in a line looks things up and moves on; only a button, or Ctrl with Enter, sends.
form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.ctrlKey || event.defaultPrevented) return;
  if (event.target.matches("input:not([type=checkbox], [type=radio]), select")) {
    event.preventDefault();
    saving.now();
  }
});

// A voicemail of yesterday has a day and a time of its own.
const earlier = form.querySelector(".take-earlier");
const LEFT = ["voicemail", "email", "fax", "mail", "social_media"];
function showEarlier() {
  earlier.hidden = !LEFT.includes(field("channel").value) && !field("on_day").value;
}
field("channel").addEventListener("change", showEarlier);
showEarlier();
const post = form.querySelector(".take-post");
function showPost() {
  post.hidden = field("tell_by").value !== "post" && !field("postal_address").value;
}
field("tell_by").addEventListener("change", showPost);
showPost();

useKeys(root, {
  send: () => submitWith(document.getElementById("send")),
  park: () => submitWith(document.getElementById("park")),
});
const errors = document.getElementById("take-errors");
(errors ?? field("say")).focus();
root.dataset.ready = "1";
