// The report's page starts here. Everything on it works without scripts too; each module below makes one part quicker.
import { followAnswers } from "./answers.js";
import { sendOnce } from "./send.js";
import { showKnown } from "./known.js";
import { keepSpot } from "./spot.js";
import { sendPhotos } from "./photos.js";
import { showAlike } from "./same.js";
import { suggestPlaces } from "./places.js";
import { chooseService } from "./what.js";
import { showMap } from "./where.js";

const data = JSON.parse(document.getElementById("map-data").textContent);
const form = document.getElementById("report");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
const [minZoom, maxZoom] = data.style.displayZooms;

L.Map.mergeOptions({
  zoomControl: false,
  zoomAnimation: !calm,
  fadeAnimation: !calm,
  markerZoomAnimation: !calm,
  inertia: !calm,
  minZoom,
  maxZoom,
});

const spot = keepSpot(form);
const answers = followAnswers(form);
chooseService(form, data);
showKnown(form, data.report.known, spot);
suggestPlaces(form, data, spot);
showAlike(form, data, spot);
const photos = sendPhotos(form, data, spot);
sendOnce(form, data, answers, photos);
window.addEventListener("map:init", (event) => showMap(event.detail.map, form, data, spot), { once: true });

// Enter in a line of text sends nothing by accident: a report is sent by its button.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("input:not([type=file])")) event.preventDefault();
});
document.querySelector("[aria-invalid=true], fieldset.is-wrong input")?.focus();
