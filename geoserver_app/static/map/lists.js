// A name in the lists takes the map to that area and shows its kind; the link leads to the same without scripts.

export function followLists(map, areas, address) {
  for (const link of document.querySelectorAll("a[data-bounds]")) {
    link.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const [west, south, east, north] = link.dataset.bounds.split(",").map(Number);
      const shown = areas.show(link.dataset.kind);
      map.fitBounds([[south, west], [north, east]], { padding: [24, 24], maxZoom: 18 });
      address.push({ areas: shown });
      if (map.getContainer().getBoundingClientRect().bottom < 80) {
        document.getElementById("map-frame").scrollIntoView({ block: "start" });
      }
    });
  }
}
