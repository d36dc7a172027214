// Photos go up as soon as they are chosen, while the rest is still being typed; each shows how far it is.
import { fill } from "./ask.js";

export function sendPhotos(form, data, spot) {
  const { words, photos: address, largestBytes, mostPhotos } = data.report;
  const input = document.getElementById("photos");
  const list = document.getElementById("photo-list");
  const trouble = document.getElementById("photo-trouble");
  const arrivals = new Set();

  input.addEventListener("change", () => {
    tell("");
    for (const file of [...input.files]) add(file);
    input.value = ""; // they are on their way: the form must not send them a second time
  });

  function add(file) {
    if (list.children.length >= mostPhotos) return tell(fill(words.tooMany, mostPhotos));
    if (file.size > largestBytes) return tell(fill(words.badPhoto, file.name));
    const row = document.getElementById("photo-template").content.firstElementChild.cloneNode(true);
    row.querySelector("progress").setAttribute("aria-label", fill(words.uploading, file.name));
    row.querySelector("img").alt = file.name;
    list.append(row);
    const arrival = upload(file, (share) => { row.querySelector("progress").value = share; })
      .then((kept) => settle(row, file, kept))
      .finally(() => arrivals.delete(arrival));
    arrivals.add(arrival);
    return undefined;
  }

  function settle(row, file, kept) {
    if (!kept.token) {
      row.remove();
      tell(kept.message || fill(words.badPhoto, file.name));
      return;
    }
    if (!row.isConnected) return;
    row.querySelector("progress").remove();
    row.querySelector("input").value = kept.token;
    row.querySelector("img").src = kept.thumbnail;
    if (kept.position) {
      Object.assign(row.dataset, { lon: kept.position.lon, lat: kept.position.lat });
      row.querySelector("[data-use-place]").hidden = false;
    }
  }

  function upload(file, onProgress) {
    return new Promise((resolve) => {
      const body = new FormData();
      body.append("photo", file);
      const request = new XMLHttpRequest();
      request.open("POST", address + location.search);
      request.setRequestHeader("X-CSRFToken", form.elements.namedItem("csrfmiddlewaretoken").value);
      request.setRequestHeader("Accept", "application/json");
      request.responseType = "json";
      request.upload.addEventListener("progress", (event) => onProgress(event.loaded / (event.total || 1)));
      request.addEventListener("load", () => resolve(request.response?.token ? request.response : { message: request.response?.error?.message }));
      request.addEventListener("error", () => resolve({ message: words.failed }));
      request.send(body);
    });
  }

  function tell(text) {
    trouble.textContent = text;
    trouble.hidden = !text;
  }

  list.addEventListener("click", (event) => {
    const row = event.target.closest("li");
    if (event.target.closest("[data-drop]")) {
      event.preventDefault();
      row.remove();
      input.focus();
    } else if (event.target.closest("[data-use-place]")) {
      event.preventDefault();
      spot.set({ lon: Number(row.dataset.lon), lat: Number(row.dataset.lat), method: "photo" });
      document.getElementById("where").scrollIntoView({ block: "start" });
    }
  });
  return { allHere: () => Promise.all(arrivals), areWaiting: () => arrivals.size > 0 };
}
