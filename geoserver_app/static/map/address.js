// What the map shows stands in the page's address: ?map=ZOOM/LAT/LON&areas=beat,park&here=LAT,LON, the filters, the
// drawn unit that the list keeps to (cells=) and the card that is open (request=). The server draws the same from it.
// Moving replaces the entry in the browser's history; switching and asking add one, for the back button.

const VIEW = /^(\d{1,2})\/(-?[\d.]+)\/(-?[\d.]+)$/;
const POINT = /^(-?[\d.]+),(-?[\d.]+)$/;

const SHADES = ["draw", "rate", "classes", "beside", "against_from", "against_to"];

export function keepAddress(map, city) {
  let moving = null;

  function read() {
    const query = new URLSearchParams(location.search);
    const view = VIEW.exec(query.get("map") ?? "");
    const here = POINT.exec(query.get("here") ?? "");
    return {
      view: view && { zoom: Number(view[1]), center: [Number(view[2]), Number(view[3])] },
      areas: query.getAll("areas").flatMap((text) => text.split(",")).filter(Boolean),
      here: here && L.latLng(Number(here[1]), Number(here[2])),
      shade: Object.fromEntries(SHADES.map((name) => [name, query.get(name) ?? ""])),
      cells: query.get("cells"),
      request: query.get("request"),
    };
  }

  function openView() {
    const { view } = read();
    if (view) map.setView(view.center, view.zoom, { animate: false });
    else map.fitBounds(city, { animate: false });
  }

  function target(changes) {
    const query = new URLSearchParams(location.search);
    const center = map.getCenter().wrap();
    query.set("map", `${map.getZoom()}/${center.lat.toFixed(5)}/${center.lng.toFixed(5)}`);
    for (const [name, value] of Object.entries({ ...changes.filters, ...changes.shade })) put(query, name, value);
    for (const name of ["cells", "request"]) if (name in changes) put(query, name, changes[name]);
    query.delete("q");
    if (changes.areas) put(query, "areas", changes.areas.join(","));
    if ("here" in changes) put(query, "here", changes.here && `${changes.here.lat.toFixed(5)},${changes.here.lng.toFixed(5)}`);
    return `?${query.toString().replaceAll("%2F", "/").replaceAll("%2C", ",").replaceAll("%3A", ":")}`;
  }

  const replace = (changes = {}) => history.replaceState(null, "", target(changes));
  map.on("moveend", () => {
    clearTimeout(moving);
    // Browsers refuse more than a hundred changes in half a minute.
    moving = setTimeout(() => replace(), 350);
  });

  return {
    read,
    openView,
    replace,
    push(changes) {
      clearTimeout(moving);
      history.pushState(null, "", target(changes));
    },
    onBack(restore) {
      window.addEventListener("popstate", () => {
        clearTimeout(moving);
        openView();
        restore(read());
      });
    },
  };
}

function put(query, name, value) {
  if (value) query.set(name, value);
  else query.delete(name);
}
