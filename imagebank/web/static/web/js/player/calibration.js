/**
 * True sizes from the ultrasound regions of a clip (PS3.3 C.8.5.5).
 *
 * A region is {box: [left, top, right, bottom] in pixels of the picture, x: {unit, delta}, y: {unit, delta}}: what one
 * pixel stands for on each axis; unit null where the file does not say. Points run from 0 to 1.
 */
const LENGTH = "cm";
const DIGITS = { cm: 2, "cm²": 2, s: 2, "cm/s": 1, Hz: 0, px: 0, "px²": 0 };
const PARTS = 64;

/** Units and extent of both axes where the points lie: those of the smallest region that holds them all. */
export function planeOf(points, size, regions) {
  const inside = ([left, top, right, bottom]) => points.every(([x, y]) => x * size[0] >= left && x * size[0] <= right && y * size[1] >= top && y * size[1] <= bottom);
  const area = ({ box: [left, top, right, bottom] }) => (right - left) * (bottom - top);
  const [region] = regions.filter(({ box }) => inside(box)).sort((a, b) => area(a) - area(b));
  const axes = [region?.x, region?.y].map((axis) => (axis?.unit ? axis : { unit: "px", delta: 1 }));
  const lengths = axes.every(({ unit }) => unit === LENGTH);
  return { pixels: size, lengths, known: axes.some(({ unit }) => unit !== "px"), units: axes.map(({ unit }) => unit), extent: axes.map(({ delta }, i) => delta * size[i]) };
}

/** In words: one length, or a figure for each axis where the axes are not both lengths. */
export function distance([from, to], plane, lang) {
  const [across, down] = [0, 1].map((axis) => Math.abs(to[axis] - from[axis]) * plane.extent[axis]);
  if (plane.lengths) return figure(Math.hypot(across, down), LENGTH, lang);
  if (!plane.known) return figure(Math.hypot(across, down), "px", lang);
  return `${figure(across, plane.units[0], lang)} · ${figure(down, plane.units[1], lang)}`;
}

/** Area and circumference of an ellipse given by the ends of one axis and a point on its outline, and that outline. */
export function ellipse(points, plane, lang) {
  const extent = plane.lengths ? plane.extent : plane.pixels;
  const [from, to, side] = points.map(([x, y]) => [x * extent[0], y * extent[1]]);
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2];
  const half = Math.hypot(to[0] - from[0], to[1] - from[1]) / 2 || 1e-9;
  const along = [(to[0] - from[0]) / 2 / half, (to[1] - from[1]) / 2 / half];
  const other = Math.abs((side[0] - middle[0]) * -along[1] + (side[1] - middle[1]) * along[0]);
  const unit = plane.lengths ? LENGTH : "px";
  const h = ((half - other) / (half + other)) ** 2; // Ramanujan's second formula
  const around = Math.PI * (half + other) * (1 + (3 * h) / (10 + Math.sqrt(4 - 3 * h)));
  const outline = Array.from({ length: PARTS }, (_, i) => {
    const [a, b] = [half * Math.cos((i / PARTS) * 2 * Math.PI), other * Math.sin((i / PARTS) * 2 * Math.PI)];
    return [(middle[0] + a * along[0] - b * along[1]) / extent[0], (middle[1] + a * along[1] + b * along[0]) / extent[1]];
  });
  return { area: figure(Math.PI * half * other, `${unit}²`, lang), around: figure(around, unit, lang), outline };
}

function figure(value, unit, lang) {
  const digits = DIGITS[unit] ?? 2;
  return `${value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${unit}`;
}
