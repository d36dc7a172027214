// Where it is, in the form's hidden fields: the one truth that the map, the address and the photos read and change.

const FIELDS = ["lon", "lat", "accuracy", "method", "asset"];

export function keepSpot(form) {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements.namedItem(name)]));

  function read() {
    const { lon, lat, accuracy, method, asset } = fields;
    return {
      isPinned: lon.value !== "" && lat.value !== "",
      lon: Number(lon.value),
      lat: Number(lat.value),
      accuracy: accuracy.value,
      method: method.value,
      asset: asset.value,
    };
  }

  return {
    read,
    /** Sets the pin. `method` as the server knows it; `accuracy` in metres or none. */
    set({ lon, lat, method = "pin", accuracy = null, asset = "" }) {
      fields.lon.value = lon.toFixed(7);
      fields.lat.value = lat.toFixed(7);
      fields.method.value = method;
      fields.accuracy.value = accuracy === null ? "" : accuracy.toFixed(1);
      fields.asset.value = String(asset);
      document.getElementById("where").classList.add("is-done");
      form.dispatchEvent(new CustomEvent("report:spot", { detail: read() }));
    },
    /** The thing that the pin means: its id, "none", or "" for not said. */
    setAsset(asset) {
      fields.asset.value = String(asset);
    },
    onChange(work) {
      form.addEventListener("report:spot", (event) => work(event.detail));
    },
  };
}
