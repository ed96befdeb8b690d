/**
 * Marks of an expert over the picture, each on its own frames only.
 *
 * A mark is {number, kind, points: [[x, y], ...] from 0 to 1, frames: [first, last] from 1, text}.
 */
import { layer, shape } from "./overlay.js";

const HEAD = 14;
const WIDE = 0.45;
const LIFT = 8;

export class Drawn {
  constructor(player) {
    this.player = player;
    this.marks = [];
    this.on = true;
    const { svg, redraw } = layer(player.stage, "player-drawn", () => this.#shapes());
    this.svg = svg;
    this.redraw = redraw;
  }

  set(marks) {
    this.marks = marks;
    this.player.bar.root.querySelector('[data-act="marks"]').hidden = !marks.length;
    this.show(this.on);
  }

  show(yes) {
    this.on = yes;
    this.player.bar.pressed("marks", yes);
    this.redraw();
  }

  #shapes() {
    if (!this.on || !this.player.engine) return [];
    const { frame } = this.player;
    const seen = this.marks.filter(({ frames: [first, last] }) => first <= frame && frame <= last);
    return seen.map((mark) => drawing(mark, mark.points.map((point) => this.player.stage.place(point))));
  }
}

/** One mark as a group of shapes; `points` in pixels of the stage. */
export function drawing(mark, points) {
  const text = mark.text ? [shape("text", place(mark.kind, points), mark.text)] : [];
  return shape("g", { "data-mark": mark.number, "data-kind": mark.kind }, ...KINDS[mark.kind](points), ...text);
}

const KINDS = {
  arrow: ([tail, tip]) => [shape("polyline", { points: [tail, tip].join(" "), class: "line" }), head(tail, tip)],
  box: ([[left, top], [right, bottom]]) => [outline([[left, top], [right, top], [right, bottom], [left, bottom]])],
  ellipse: ([[left, top], [right, bottom]]) => [
    shape("ellipse", { cx: (left + right) / 2, cy: (top + bottom) / 2, rx: Math.abs(right - left) / 2, ry: Math.abs(bottom - top) / 2, class: "line" }),
  ],
  polygon: (points) => [outline(points)],
  text: () => [],
};

function outline(points) {
  return shape("polygon", { points: points.join(" "), class: "line" });
}

function head([fromX, fromY], [x, y]) {
  const turn = Math.atan2(y - fromY, x - fromX);
  const corner = (side) => [x - HEAD * Math.cos(turn + side * WIDE), y - HEAD * Math.sin(turn + side * WIDE)];
  return shape("polygon", { points: [[x, y], corner(1), corner(-1)].join(" "), class: "head" });
}

/** A text stands on its point, the label of an arrow at its tail, any other above the drawing. */
function place(kind, points) {
  if (kind === "text") return { x: points[0][0], y: points[0][1], "text-anchor": "middle" };
  const edges = [0, 1].map((axis) => points.map((point) => point[axis]));
  const [x, y] = kind === "arrow" ? points[0] : [(Math.min(...edges[0]) + Math.max(...edges[0])) / 2, Math.min(...edges[1])];
  const below = kind === "arrow" && points[0][1] > points[1][1];
  return { x, y: below ? y + LIFT * 2.5 : Math.max(LIFT * 2.5, y - LIFT), "text-anchor": "middle" };
}
