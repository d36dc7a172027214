// Leaflet's scale in the words of the page: "500 pies".

export function showScale(map, { texts }) {
  const Scale = L.Control.Scale.extend({
    _updateScale(bar, text, ratio) {
      const words = text.replace(/ft$|mi$/, (unit) => texts[unit]);
      L.Control.Scale.prototype._updateScale.call(this, bar, words, ratio);
    },
  });
  new Scale({ position: "bottomleft", maxWidth: 90, updateWhenIdle: true }).addTo(map);
}
