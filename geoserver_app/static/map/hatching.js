// Hatchings of areas: canvas patterns of 8 x 8 pixels, drawn with the same paths as the server's pictures.

const SIDE = 8;

const PATHS = {
  rising: "M-2 2 2-2M0 8 8 0M6 10 10 6",
  falling: "M6-2 10 2M0 0 8 8M-2 6 2 10",
  cross: "M0 8 8 0M0 0 8 8",
  level: "M0 4H8",
  upright: "M4 0V8",
  dots: "M3.4 4h1.2",
};

/** A canvas to fill with, or undefined for a style without hatching. */
export function hatching({ hatching: name, color }) {
  if (!PATHS[name]) return undefined;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = color;
  pen.globalAlpha = 0.45;
  pen.lineWidth = name === "dots" ? 2.2 : 1;
  pen.lineCap = name === "dots" ? "round" : "butt";
  pen.stroke(new Path2D(PATHS[name]));
  return canvas;
}
