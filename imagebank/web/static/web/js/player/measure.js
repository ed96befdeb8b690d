/** Distance and area on the picture: drawn by drag, its ends moved by finger, mouse or arrow keys. */
import { distance, ellipse, planeOf } from "./calibration.js";
import { layer, shape } from "./overlay.js";

const POINTS = { distance: 2, area: 3 };
const STARTS = { distance: [[0.4, 0.5], [0.6, 0.5]], area: [[0.4, 0.5], [0.6, 0.5], [0.5, 0.6]] };
const GRIP = 22;
const LIFT = 14;
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const FASTER = 10;

export class Measure {
  /** @param {object} words the sentences of the reader's language, as the page's template holds them */
  constructor(player, words) {
    this.player = player;
    this.stage = player.stage;
    this.words = words;
    this.regions = JSON.parse(player.dataset.regions || "[]");
    this.kind = null;
    this.points = [];
    const { svg, redraw } = layer(this.stage, "player-measure", () => this.#shapes());
    this.svg = svg;
    this.redraw = redraw;
    svg.removeAttribute("aria-hidden");
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("click", (event) => event.stopPropagation());
    svg.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Begin to measure, or put the calipers away when they are out already. */
  toggle(kind) {
    this.kind = this.kind === kind ? null : kind;
    this.points = this.kind ? STARTS[kind].map((point) => [...point]) : [];
    this.svg.classList.toggle("active", this.kind !== null);
    if (this.kind) this.player.show(this.player.frame - 1); // the frame itself: a poster may be cut to its shape
    this.redraw();
    this.player.tools.measuring(this.kind);
    this.#tell();
    if (this.kind) this.svg.querySelector("[data-end]").focus({ preventScroll: true });
  }

  #down(event) {
    if (event.button > 0) return;
    event.stopPropagation();
    event.preventDefault();
    const grip = event.target.closest("[data-end]");
    this.svg.setPointerCapture(event.pointerId);
    const start = this.stage.at(event);
    const move = grip ? (place) => this.#put(Number(grip.dataset.end), place) : (place) => this.#stretch(start, place);
    const follow = (next) => move(this.stage.at(next));
    const end = () => {
      this.svg.removeEventListener("pointermove", follow);
      this.#tell();
    };
    this.svg.addEventListener("pointermove", follow);
    for (const over of ["pointerup", "pointercancel"]) this.svg.addEventListener(over, end, { once: true });
  }

  #put(end, place) {
    this.points[end] = place;
    this.redraw();
  }

  /** A new line; of an ellipse the first axis, the other one three fifths as long. */
  #stretch(from, to) {
    const [width, height] = this.stage.size;
    const [across, down] = [(to[0] - from[0]) * width, (to[1] - from[1]) * height];
    const side = [(from[0] + to[0]) / 2 - (0.3 * down) / width, (from[1] + to[1]) / 2 + (0.3 * across) / height];
    this.points = [from, to, side].slice(0, POINTS[this.kind]);
    this.redraw();
  }

  #key(event) {
    if (event.key === "Escape") this.toggle(this.kind);
    else if (event.key in STEPS && event.target.dataset.end) this.#nudge(Number(event.target.dataset.end), event);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #nudge(end, event) {
    const far = event.shiftKey ? FASTER : 1;
    const place = this.points[end].map((value, axis) => Math.min(1, Math.max(0, value + (STEPS[event.key][axis] * far) / this.stage.size[axis])));
    this.#put(end, place);
    this.svg.querySelector(`[data-end="${end}"]`).focus({ preventScroll: true });
    this.#tell();
  }

  /** What was measured, in words. */
  get result() {
    const plane = planeOf(this.points, this.stage.size, this.regions);
    const lang = document.documentElement.lang;
    if (this.kind === "distance") return { known: plane.known, text: distance(this.points, plane, lang) };
    const { area, around, outline } = ellipse(this.points, plane, lang);
    return { known: plane.lengths, text: `${area} · ${around}`, outline };
  }

  #tell() {
    if (!this.kind) return this.player.tools.say("");
    const { known, text } = this.result;
    this.player.tools.say(`${this.words[this.kind]}: ${text}${known ? "" : ` (${this.words.uncalibrated})`}`);
  }

  #shapes() {
    if (!this.kind) return [];
    const { known, text, outline } = this.result;
    const placed = (points) => points.map((point) => this.stage.place(point));
    const [from, to] = placed(this.points);
    const line = shape("polyline", { points: [from, to].join(" "), class: "line" });
    const drawn = outline ? [shape("polygon", { points: placed(outline).join(" "), class: "line" }), line] : [line];
    const [x, y] = [(from[0] + to[0]) / 2, Math.max(LIFT * 2, Math.min(from[1], to[1]) - LIFT)];
    const words = known ? text : `${text} ${this.words.uncalibrated}`;
    const label = shape("text", { x, y, "text-anchor": "middle", "aria-hidden": "true" }, words);
    return [...drawn, label, ...placed(this.points).map(([cx, cy], end) => this.#grip(cx, cy, end))];
  }

  #grip(x, y, end) {
    const name = this.words.end.replace("%1", end + 1);
    const cross = shape("path", { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12`, class: "line" });
    return shape("g", { tabindex: 0, role: "button", "aria-label": name, "data-end": end }, shape("circle", { cx: x, cy: y, r: GRIP, class: "grip" }), cross);
  }
}
