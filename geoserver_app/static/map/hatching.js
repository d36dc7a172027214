// Hatchings of areas: canvas patterns of 8 x 8 pixels, drawn with the same paths as the server's pictures.

const SIDE = 8;

const PATHS = {
  rising: "M-2 2 2-2M0 8 8 0M6 10 10 6",
  falling: "M6-2 10 2M0 0 8 8M-2 6 2 10",
  cross: "M0 8 8 0M0 0 8 8",
  level: "M0 2H8M0 6H8",
  upright: "M2 0V8M6 0V8",
  dots: "M1.6 2h.8M5.6 6h.8",
};

/** A canvas to fill with, or undefined for a style without hatching. */
export function hatching({ hatching: name, color, ribbon }) {
  if (!PATHS[name]) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = color;
  pen.globalAlpha = ribbon ? 0.8 : 0.32;
  pen.lineWidth = name === "dots" ? 2.4 : 1.2;
  pen.lineCap = name === "dots" ? "round" : "butt";
  pen.stroke(new Path2D(PATHS[name]));
  return canvas;
}
