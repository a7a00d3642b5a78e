// Draws a code from its packed modules: rows of bits, 1 is dark, in base64.

const QUIET = 4;
const SVG = "http://www.w3.org/2000/svg";

/** Whether the module at this place is dark. */
const dark = (bytes, place) => (bytes[place >> 3] >> (7 - (place & 7))) & 1;

/** The path of the dark runs within a square of `side` modules and the quiet zone. */
export function path(modules, side) {
  const bytes = Uint8Array.from(atob(modules), (sign) => sign.charCodeAt(0));
  let found = "";
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const start = x;
      while (x < side && dark(bytes, y * side + x)) x++;
      if (x > start) found += `M${start + QUIET},${y + QUIET}h${x - start}v1h-${x - start}z`;
    }
  }
  return found;
}

/** Put the code into an SVG element, dark on white, in every theme. */
export function draw(svg, modules, side) {
  const whole = side + 2 * QUIET;
  const shapes = [
    ["#fff", `M0 0h${whole}v${whole}h-${whole}z`],
    ["#000", path(modules, side)],
  ].map(([fill, d]) => {
    const shape = document.createElementNS(SVG, "path");
    shape.setAttribute("fill", fill);
    shape.setAttribute("d", d);
    return shape;
  });
  svg.setAttribute("viewBox", `0 0 ${whole} ${whole}`);
  svg.replaceChildren(...shapes);
}
