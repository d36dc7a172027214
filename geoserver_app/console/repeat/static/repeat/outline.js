// The outline of a place: a parcel's ground, a block's line; a thing has none.
const COLORS = { parcel: "#5b2a86", segment: "#005ea2", asset: "#8a5a00" };

export function outlined({ kind, outline }) {
  const drawn = outline && outline.type !== "Point" ? outline : { type: "FeatureCollection", features: [] };
  const style = { color: COLORS[kind], weight: kind === "segment" ? 6 : 2, opacity: 0.75, fillOpacity: 0.15 };
  return L.geoJSON(drawn, { interactive: false, style });
}
