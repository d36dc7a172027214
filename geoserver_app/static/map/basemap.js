// The city's own ground, drawn by protomaps-leaflet from vector tiles in the style that the server uses for pictures.
import { StreetName } from "./street_names.js";
import { turnsForAll } from "./turns.js";

const P = window.protomapsL;

// Tiles cover 512 pixels, so that names have room in them. Some zooms take tiles of 256: the first there is (none is
// coarser), and of the ground the one where parcels and buildings come in (the tile above it has none).
class CityView extends P.View {
  constructor(url, last, small) {
    super(new P.TileCache(new P.ZxySource(url, true), 512), last, 1);
    this.small = small;
  }

  dataTileForDisplayTile(tile) {
    if (!this.small.includes(tile.z)) return super.dataTileForDisplayTile(tile);
    const corner = super.dataTileForDisplayTile({ z: tile.z + 1, x: tile.x * 2, y: tile.y * 2 });
    const { dataTile, origin } = corner;
    return { dataTile, scale: 0.5, dim: 256, origin: origin.mult(0.5) };
  }
}

/** The Leaflet layer of the ground; `addSource` and `removeSource` take further tiles in, under a name. */
export function cityLayer(data) {
  const { style } = data;
  const layer = P.leafletLayer({
    sources: {},
    backgroundColor: style.colors.beyond,
    attribution: "",
    tasks: [...fonts(style), turnsForAll()], // each tile waits for all of them; several come with one file
    updateWhenIdle: false,
  });
  const [first, last] = style.dataZooms;
  layer.views.set("", new CityView(data.basemap, last, [first, style.parcelsFrom]));
  layer.addSource = (name, url) => layer.views.has(name) || layer.views.set(name, new CityView(url, last, [first]));
  layer.removeSource = (name) => layer.views.delete(name);
  layer.drawRules = (areaPaint, areaLabels) => {
    layer.paintRules = [...paintRules(style), ...areaPaint];
    layer.labelRules = [...areaLabels, ...labelRules(data)];
    layer.clearLayout();
    layer.rerenderTiles();
  };
  return layer;
}

export function font(style, { size, weight, italic }) {
  return `${italic ? "italic " : ""}${weight} ${size}px ${style.font}`;
}

function fonts(style) {
  const wanted = ["500", "700", "italic 500"].map((face) => `${face} 12px "Public Sans"`);
  return wanted.map((face) => document.fonts.load(face));
}

function grow(style, stops, more = 0) {
  const width = P.exp(style.growth, stops);
  return (z) => width(z) + more;
}

function paintRules(style) {
  const c = style.colors;
  const ground = (dataLayer, fill, stroke, minzoom) => ({
    dataLayer,
    minzoom,
    symbolizer: new P.PolygonSymbolizer({ fill, stroke: stroke ?? fill, width: stroke ? 0.8 : 0 }),
  });
  const border = (color, width, opacity, dash) => ({
    dataLayer: "land",
    symbolizer: new P.LineSymbolizer({ color, width, opacity, dash }),
  });
  return [
    ground("municipality", c.municipality, c.municipality_line),
    ground("land", c.land),
    border(c.border, 7, 0.2),
    { dataLayer: "grounds", symbolizer: new P.PolygonSymbolizer({ fill: (_z, f) => grounds(style, f) }) },
    ground("park", c.park, c.park_line),
    { ...ground("water", c.water, c.water_line), filter: (_z, f) => f.geomType === 3 },
    {
      dataLayer: "water",
      filter: (_z, f) => f.geomType === 2,
      symbolizer: new P.LineSymbolizer({ color: c.water, width: grow(style, [[10, 1], [14, 3], [18, 10]]) }),
    },
    {
      dataLayer: "parcel",
      minzoom: style.parcelsFrom,
      symbolizer: new P.LineSymbolizer({ color: c.parcel, width: grow(style, [[15, 0.7], [18, 1.2]]) }),
    },
    { ...ground("building", c.building), minzoom: style.buildingsFrom, maxzoom: style.buildingsFrom },
    ground("building", c.building, c.building_line, style.buildingsFrom + 1),
    ...rail(style),
    ...style.streets.filter((street) => street.casing).map((street) => line(style, street, true)),
    ...style.streets.map((street) => line(style, street, false)),
    border(c.border, 1.6, 0.9, [10, 4, 2, 4]),
  ];
}

function grounds(style, feature) {
  return style.grounds[feature.props.category] ?? style.grounds[""];
}

function rail(style) {
  const color = style.colors.rail;
  const ties = grow(style, [[13, 2.6], [16, 5], [19, 11]]);
  return [
    { dataLayer: "rail", symbolizer: new P.LineSymbolizer({ color, width: grow(style, [[10, 0.7], [15, 1.3], [19, 3]]) }) },
    {
      dataLayer: "rail",
      minzoom: 14,
      symbolizer: new P.LineSymbolizer({ color, width: ties, dash: [1.2, 7] }),
    },
  ];
}

function line(style, street, casing) {
  return {
    dataLayer: "street",
    minzoom: street.from,
    filter: (_z, f) => f.props.class === street.class,
    symbolizer: new P.LineSymbolizer({
      color: casing ? street.casing : street.fill,
      width: grow(style, street.width, casing ? style.casing : 0),
      dash: street.dash.length ? street.dash : undefined,
      lineCap: casing || street.dash.length ? "butt" : "round",
      lineJoin: "round",
    }),
  };
}

function labelRules({ style, name: ownName }) {
  const points = Object.fromEntries(style.labels.map((label) => [label.type, pointLabel(style, label, ownName)]));
  const early = (f) => style.earlyLandmarks.includes(f.props.category);
  const streets = style.streets.filter((street) => street.label).reverse();
  const [major, minor] = [streets.slice(0, 2), streets.slice(2)];
  return [
    points.city,
    points.municipality,
    points.neighborhood,
    { ...points.landmark, minzoom: points.landmark.minzoom - 1, filter: (z, f) => isType("landmark")(z, f) && early(f) },
    ...major.map((street) => streetLabel(style, street)),
    points.park,
    points.water,
    ...minor.map((street) => streetLabel(style, street)),
    { ...points.landmark, filter: (z, f) => isType("landmark")(z, f) && !early(f) },
    houseNumbers(style),
  ];
}

function isType(type) {
  return (_z, f) => f.props.type === type;
}

function pointLabel(style, label, ownName) {
  return {
    dataLayer: "label",
    minzoom: label.from,
    maxzoom: label.to,
    // Some cities' files hold the city itself beside its neighbors.
    filter: (_z, f) => f.props.type === label.type && (label.type !== "municipality" || f.props.name !== ownName),
    symbolizer: new P.Padding(3, new P.CenteredTextSymbolizer({
      labelProps: ["name"],
      font: font(style, label),
      fill: label.fill,
      stroke: style.colors.halo,
      width: 1.6,
      lineHeight: 1.35,
      letterSpacing: label.spacing,
      textTransform: label.upper ? "uppercase" : undefined,
      maxLineChars: 16,
    })),
  };
}

function streetLabel(style, street) {
  return {
    dataLayer: "street",
    minzoom: street.label.from,
    filter: (_z, f) => f.props.class === street.class,
    symbolizer: new StreetName({
      font: font(style, street.label),
      size: street.label.size,
      fill: style.streetText,
      halo: { color: style.colors.halo, width: 3.2 },
      repeat: 380,
    }),
  };
}

function houseNumbers(style) {
  const look = style.houseNumber;
  return {
    dataLayer: "address",
    minzoom: style.houseNumbersFrom,
    symbolizer: new P.CenteredTextSymbolizer({
      labelProps: ["n"],
      font: font(style, look),
      fill: look.fill,
      stroke: style.colors.halo,
      width: 1.2,
    }),
  };
}
