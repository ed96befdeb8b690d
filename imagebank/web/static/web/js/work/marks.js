/** Marks drawn by dragging over the picture. The rows of fields are what is sent; the drawing shows them. */
const LEAST = 0.01;
const TRACE = 0.015;
const MOST = 60;

export function marks(root) {
  for (const fold of root.querySelectorAll("[data-marking]")) {
    const player = fold.closest("section").querySelector("clip-player");
    customElements.whenDefined("clip-player").then(() => player.drawn && new MarkDrawing(fold, player));
  }
}

class MarkDrawing {
  constructor(fold, player) {
    this.fold = fold;
    this.player = player;
    this.stage = player.stage;
    this.rows = fold.querySelector(".mark-rows");
    this.editable = fold.closest("form").matches("[data-editable]");
    this.past = [];
    for (const blank of this.rows.querySelectorAll(".no-js")) blank.remove();
    fold.addEventListener("toggle", () => this.#arm());
    this.rows.addEventListener("input", () => this.#draw());
    this.rows.addEventListener("click", (event) => event.target.closest("[data-remove]") && this.#remove(event.target.closest("li")));
    fold.querySelector("[data-undo]").addEventListener("click", () => this.#undo());
    const svg = player.drawn.svg;
    svg.addEventListener("pointerdown", (event) => this.#down(event));
    svg.addEventListener("click", (event) => event.stopPropagation());
    this.#arm();
    this.#draw();
  }

  #arm() {
    this.player.drawn.svg.classList.toggle("active", this.fold.open && this.editable);
  }

  #down(event) {
    if (event.button > 0) return;
    event.stopPropagation();
    event.preventDefault();
    const before = this.#values();
    const held = event.target.closest("[data-mark]");
    this.player.show(this.player.frame - 1);
    const start = this.stage.at(event);
    const row = held ? this.#row(held.dataset.mark) : this.#begin(start);
    const points = this.#points(row);
    const move = held ? (place) => shifted(points, start, place) : (place) => this.#stretched(row, start, place);
    this.#follow(event, (place) => this.#put(row, move(place)), () => this.#end(row, before, Boolean(held)));
  }

  #follow(event, move, done) {
    const svg = this.player.drawn.svg;
    const step = (next) => move(this.stage.at(next));
    svg.setPointerCapture(event.pointerId);
    svg.addEventListener("pointermove", step);
    const end = () => {
      svg.removeEventListener("pointermove", step);
      done();
    };
    svg.addEventListener("lostpointercapture", end, { once: true });
  }

  /** A fresh row for the chosen kind: on the loop range, under the next number. */
  #begin(start) {
    const row = this.fold.querySelector("template").content.firstElementChild.cloneNode(true);
    const [first, last] = this.player.engine.range;
    const numbers = [...this.rows.children].map((other) => Number(field(other, "number").value));
    this.rows.append(row);
    const kind = this.fold.querySelector(".seg :checked").value;
    const filled = { number: Math.max(0, ...numbers) + 1, kind, from: first + 1, to: last + 1 };
    for (const [name, value] of Object.entries(filled)) field(row, name).value = value;
    this.#put(row, [start]);
    return row;
  }

  #stretched(row, start, place) {
    const kind = field(row, "kind").value;
    if (kind === "text") return [place];
    return kind === "polygon" ? traced(this.#points(row), place) : [start, place];
  }

  /** A mere tap draws nothing but a text. */
  #end(row, before, moved) {
    const points = this.#points(row);
    const large = points.some(([x, y]) => Math.hypot(x - points[0][0], y - points[0][1]) > LEAST);
    const enough = field(row, "kind").value !== "polygon" || points.length > 2;
    if (field(row, "kind").value !== "text" && !(large && enough)) row.remove();
    else if (!moved) field(row, "label").focus({ preventScroll: true });
    this.#keep(before);
  }

  #remove(row) {
    const before = this.#values();
    row.remove();
    this.#keep(before);
    this.fold.querySelector("summary").focus();
  }

  #undo() {
    const rows = this.past.pop().map((values) => {
      const row = this.fold.querySelector("template").content.firstElementChild.cloneNode(true);
      for (const [name, value] of Object.entries(values)) field(row, name).value = value;
      return row;
    });
    this.rows.replaceChildren(...rows);
    this.#changed();
  }

  #keep(before) {
    this.past.push(before);
    this.#changed();
  }

  /** The form saves itself. */
  #changed() {
    this.fold.querySelector("[data-undo]").disabled = !this.past.length;
    this.#draw();
    this.rows.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #row(number) {
    return [...this.rows.children].find((row) => field(row, "number").value === number);
  }

  #put(row, points) {
    field(row, "points").value = points.map((point) => point.map((share) => (share * 100).toFixed(2)).join(",")).join(" ");
    this.#draw();
  }

  #points(row) {
    const numbers = (field(row, "points").value.match(/-?\d+(\.\d+)?/g) ?? []).map((text) => Number(text) / 100);
    return Array.from({ length: numbers.length >> 1 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  }

  #values() {
    const names = ["number", "kind", "label", "from", "to", "points"];
    return [...this.rows.children].map((row) => Object.fromEntries(names.map((name) => [name, field(row, name).value])));
  }

  #draw() {
    const least = { polygon: 2, text: 1 };
    const drawn = [...this.rows.children].map((row) => {
      const [kind, text, first, last] = ["kind", "label", "from", "to"].map((name) => field(row, name).value);
      return { number: field(row, "number").value, kind, text, frames: [Number(first) || 1, Number(last) || Infinity], points: this.#points(row) };
    });
    this.player.drawn.set(drawn.filter(({ kind, points }) => points.length >= (least[kind] ?? 2)));
  }
}

function field(row, name) {
  return row.querySelector(`[name$="-${name}"]`);
}

/** Along a drag: a point wherever it has gone far enough, every second one once there are too many. */
function traced(points, place) {
  const [x, y] = points.at(-1);
  const longer = Math.hypot(place[0] - x, place[1] - y) < TRACE ? points : [...points, place];
  return longer.length > MOST ? longer.filter((_, i) => i % 2 === 0) : longer;
}

/** All points as far as the pointer went, and no further than the picture's edge. */
function shifted(points, from, to) {
  return points.map((point) => point.map((share, axis) => Math.min(1, Math.max(0, share + to[axis] - from[axis]))));
}
