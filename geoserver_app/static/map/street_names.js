// Names of streets along their lines, bent where the street is, as the server's pictures have them. (The engine's own
// street labels want a straight line, which old towns have few of.) Lengths are pixels of the display.

const STEEPEST = (28 * Math.PI) / 180; // of a street under its name
const BENT = (3 * Math.PI) / 180; // less than this is written straight
const STRAIGHTEST = 0.93; // the least share of a name's length that its two ends lie apart

export class StreetName {
  constructor({ font, size, fill, halo, repeat }) {
    Object.assign(this, { font, size, fill, halo, repeat });
  }

  /** The places where the engine may put the name of a street, the best first; those near one taken are dropped. */
  place(layout, lines, feature) {
    const name = feature.props.name || feature.props.ref;
    if (!name) return undefined;
    layout.scratch.font = this.font;
    const width = layout.scratch.measureText(name).width;
    const height = this.size * 1.3;
    const found = [];
    for (const line of lines) {
      const reach = reaches(line);
      const total = reach.at(-1);
      if (total < width + height) continue;
      for (const middle of middles(total, width, this.repeat)) {
        const stretch = cut(line, reach, middle - width / 2, middle + width / 2);
        const shape = readable(stretch, width);
        if (shape) found.push(this.label(name, shape, width, height));
      }
    }
    return found.length ? found : undefined;
  }

  label(name, shape, width, height) {
    const { stretch, bent } = shape;
    const reach = reaches(stretch);
    const anchor = pointAt(stretch, reach, width / 2);
    return {
      anchor,
      bboxes: beads(stretch, reach, width, height),
      draw: (pen) => this.draw(pen, name, { stretch, reach, anchor, bent, width }),
      deduplicationKey: name,
      deduplicationDistance: this.repeat * 0.6,
    };
  }

  draw(pen, name, { stretch, reach, anchor, bent, width }) {
    pen.globalAlpha = 1;
    pen.font = this.font;
    pen.lineJoin = "round";
    pen.lineWidth = this.halo.width;
    pen.strokeStyle = this.halo.color;
    pen.fillStyle = this.fill;
    const letters = bent ? spread(pen, name) : [{ text: name, at: width / 2, half: width / 2 }];
    // All halos before all letters: a halo must not cover the letter beside it.
    for (const write of ["strokeText", "fillText"]) {
      for (const { text, at, half } of letters) {
        const here = pointAt(stretch, reach, at);
        const turn = bent ? turnAt(stretch, reach, at) : angle(stretch[0], stretch.at(-1));
        pen.save();
        pen.translate(here.x - anchor.x, here.y - anchor.y);
        pen.rotate(turn);
        pen[write](text, -half, this.size * 0.34);
        pen.restore();
      }
    }
  }
}

function middles(total, width, repeat) {
  const count = Math.max(1, Math.round(total / repeat));
  const step = total / count;
  const room = Math.max(0, (step - width) / 2);
  const starts = Array.from({ length: count }, (_, number) => (number + 0.5) * step);
  return starts.flatMap((middle) => [0, 0.5, -0.5, 0.9, -0.9].map((share) => middle + share * room));
}

function spread(pen, name) {
  let used = 0;
  return [...name].map((text) => {
    const half = pen.measureText(text).width / 2;
    const letter = { text, at: used + half, half };
    used += 2 * half;
    return letter;
  });
}

function reaches(line) {
  const reach = [0];
  for (let at = 1; at < line.length; at += 1) reach.push(reach[at - 1] + line[at].dist(line[at - 1]));
  return reach;
}

function segmentAt(reach, along) {
  let at = 1;
  while (at < reach.length - 1 && reach[at] < along) at += 1;
  return at;
}

function pointAt(line, reach, along) {
  const at = segmentAt(reach, along);
  const length = reach[at] - reach[at - 1] || 1;
  const share = Math.min(1, Math.max(0, (along - reach[at - 1]) / length));
  return line[at - 1].add(line[at].sub(line[at - 1]).mult(share));
}

function turnAt(line, reach, along) {
  const at = segmentAt(reach, along);
  return angle(line[at - 1], line[at]);
}

function angle(from, to) {
  return Math.atan2(to.y - from.y, to.x - from.x);
}

function cut(line, reach, start, end) {
  const inside = line.filter((_, at) => reach[at] > start && reach[at] < end);
  return [pointAt(line, reach, start), ...inside, pointAt(line, reach, end)];
}

/** The stretch from left to right, and whether it bends; null where it bends too much to be read. */
function readable(stretch, width) {
  const ends = stretch[0].dist(stretch.at(-1));
  if (ends < width * STRAIGHTEST) return null;
  const chord = angle(stretch[0], stretch.at(-1));
  const turns = [];
  for (let at = 1; at < stretch.length; at += 1) {
    if (stretch[at].dist(stretch[at - 1]) < 0.5) continue;
    const turn = angle(stretch[at - 1], stretch[at]) - chord;
    turns.push(Math.atan2(Math.sin(turn), Math.cos(turn)));
  }
  const bend = Math.max(...turns) - Math.min(...turns);
  if (bend > STEEPEST) return null;
  const upright = stretch.at(-1).x >= stretch[0].x ? stretch : [...stretch].reverse();
  return { stretch: upright, bent: bend > BENT };
}

function beads(stretch, reach, width, height) {
  const count = Math.max(2, Math.ceil(width / height));
  return Array.from({ length: count + 1 }, (_, number) => {
    const { x, y } = pointAt(stretch, reach, (number / count) * width);
    return { minX: x - height / 2, minY: y - height / 2, maxX: x + height / 2, maxY: y + height / 2 };
  });
}
