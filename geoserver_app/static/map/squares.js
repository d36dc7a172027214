// Squares are painted, so one button stands for all of them: it lies on one, and the arrow keys take it to the next.

const TURNS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };

export function squareKeys(map, pick) {
  const pane = map.createPane("squares");
  pane.style.zIndex = 625;
  let squares = []; // id, column and row at the level, how many, what is said of it
  let level = 0;
  let now = null;
  let marker = null;

  /** The squares that are drawn now. The button stays where it was, else it goes to the middle of the view. */
  function show(drawn, at) {
    const hadFocus = pane.contains(document.activeElement);
    const before = now?.id;
    [squares, level] = [drawn, at];
    const [column, row] = middle();
    const away = (one) => Math.hypot(one.x - column, one.y - row);
    const nearest = squares.reduce((best, one) => (best && away(best) <= away(one) ? best : one), null);
    put(squares.find((one) => one.id === before) ?? nearest, hadFocus);
  }

  function middle() {
    const { x, y } = map.project(map.getCenter(), level).divideBy(256);
    return [x - 0.5, y - 0.5];
  }

  function put(one, focus) {
    marker?.remove();
    [marker, now] = [null, one];
    if (!one) return;
    const side = 256 * map.getZoomScale(map.getZoom(), level);
    const icon = L.divIcon({ className: "square-icon", html: "", iconSize: [side, side] });
    const at = map.unproject([(one.x + 0.5) * 256, (one.y + 0.5) * 256], level);
    marker = L.marker(at, { icon, pane: "squares", keyboard: false, interactive: false }).addTo(map);
    const element = marker.getElement();
    element.setAttribute("role", "button");
    element.setAttribute("tabindex", "0");
    element.setAttribute("aria-label", one.words);
    element.dataset.square = one.id;
    element.addEventListener("keydown", (event) => keys(event, one));
    if (focus) element.focus({ preventScroll: true });
  }

  function keys(event, one) {
    const turn = TURNS[event.key];
    if (event.key === "Enter" || event.key === " ") pick({ id: one.id, numbers: [], n: one.n });
    else if (turn) put(neighbor(one, turn) ?? one, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** The nearest square in a direction, those straight ahead before those aside. */
  function neighbor(from, [right, down]) {
    let best = null;
    let least = Infinity;
    for (const other of squares) {
      const [dx, dy] = [other.x - from.x, other.y - from.y];
      const ahead = dx * right + dy * down;
      const aside = Math.abs(dx * down) + Math.abs(dy * right);
      if (ahead > 0 && ahead + 2 * aside < least) [best, least] = [other, ahead + 2 * aside];
    }
    return best;
  }

  return { show };
}
