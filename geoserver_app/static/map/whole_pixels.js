// A map whose box begins or ends between two pixels moves by parts of pixels: names are blurred, and each step of a
// drag is painted anew instead of being shifted.

/** Keeps the frame that a map fills on whole pixels of the page. */
export function onWholePixels(frame) {
  const snap = () => {
    for (const side of ["left", "top", "width", "height"]) frame.style[side] = ""; // where the page puts it
    const box = frame.getBoundingClientRect();
    const [left, top] = [Math.ceil(box.left), Math.ceil(box.top)];
    frame.style.left = `${left - box.left}px`;
    frame.style.top = `${top - box.top}px`;
    frame.style.width = `${Math.floor(box.right) - left}px`;
    frame.style.height = `${Math.floor(box.bottom) - top}px`;
  };
  snap();
  const sizes = new ResizeObserver(snap);
  for (const around of [frame.parentElement, document.body]) sizes.observe(around);
}
