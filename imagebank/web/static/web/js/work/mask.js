/** A mask drawn by dragging over the picture before: boxes to keep, and boxes to blank inside them, in source pixels. */
const SVG = "http://www.w3.org/2000/svg";
const LEAST = 4;

export function masks(root) {
  for (const fold of root.querySelectorAll("[data-masking]")) {
    const box = fold.closest(".look").querySelector("[data-compare]");
    if (box) new MaskDrawing(fold, box);
  }
}

class MaskDrawing {
  constructor(fold, box) {
    this.form = fold.querySelector("form");
    this.image = box.querySelector(".before");
    this.columns = Number(box.dataset.columns);
    this.boxes = JSON.parse(box.dataset.keep || "[]").map((edges) => ({ tool: "keep", edges }));
    this.box = box;
    const begin = () => this.#begin(fold);
    if (this.image.complete && this.image.naturalWidth) begin();
    else this.image.addEventListener("load", begin, { once: true });
  }

  #begin(fold) {
    this.columns ||= this.image.naturalWidth;
    this.scale = this.columns / this.image.naturalWidth;
    this.svg = document.createElementNS(SVG, "svg");
    this.svg.setAttribute("viewBox", `0 0 ${this.columns} ${Math.round(this.image.naturalHeight * this.scale)}`);
    this.svg.classList.add("mask-drawing");
    this.image.after(this.svg);
    this.svg.addEventListener("pointerdown", (event) => this.#start(event));
    this.form.querySelector("[data-unbox]").addEventListener("click", () => {
      this.boxes.pop();
      this.#draw();
    });
    this.form.addEventListener("change", (event) => event.target.matches("#keep, #blank") && this.#read());
    const open = () => this.box.classList.toggle("masking", fold.open);
    fold.addEventListener("toggle", open);
    open();
    this.#draw();
  }

  #at(event) {
    const frame = this.svg.getBoundingClientRect();
    const [, , width, height] = this.svg.getAttribute("viewBox").split(" ").map(Number);
    const clamp = (value, most) => Math.round(Math.min(most, Math.max(0, value)));
    return [clamp(((event.clientX - frame.left) / frame.width) * width, width), clamp(((event.clientY - frame.top) / frame.height) * height, height)];
  }

  #start(event) {
    event.preventDefault();
    const first = this.#at(event);
    const drawn = { tool: this.form.elements.tool.value, edges: [...first, ...first] };
    if (drawn.tool === "keep" && !this.touched) this.boxes = this.boxes.filter((box) => box.tool !== "keep");
    this.touched = true;
    this.boxes.push(drawn);
    this.svg.setPointerCapture(event.pointerId);
    const move = (next) => {
      const [x, y] = this.#at(next);
      drawn.edges = [Math.min(first[0], x), Math.min(first[1], y), Math.max(first[0], x), Math.max(first[1], y)];
      this.#draw();
    };
    const end = () => {
      this.svg.removeEventListener("pointermove", move);
      const [left, top, right, bottom] = drawn.edges;
      if (right - left < LEAST || bottom - top < LEAST) this.boxes = this.boxes.filter((box) => box !== drawn);
      this.#draw();
    };
    this.svg.addEventListener("pointermove", move);
    this.svg.addEventListener("pointerup", end, { once: true });
    this.svg.addEventListener("pointercancel", end, { once: true });
  }

  #read() {
    for (const tool of ["keep", "blank"]) {
      let typed;
      try {
        typed = JSON.parse(this.form.elements[tool].value || "[]");
      } catch {
        return; // the server says what is wrong with it
      }
      this.boxes = this.boxes.filter((box) => box.tool !== tool).concat(typed.map((edges) => ({ tool, edges })));
    }
    this.#draw();
  }

  #draw() {
    for (const tool of ["keep", "blank"]) {
      this.form.elements[tool].value = JSON.stringify(this.boxes.filter((box) => box.tool === tool).map((box) => box.edges));
    }
    this.svg.replaceChildren(...this.boxes.map(({ tool, edges: [left, top, right, bottom] }) => {
      const rect = document.createElementNS(SVG, "rect");
      for (const [name, value] of Object.entries({ x: left, y: top, width: right - left, height: bottom - top })) rect.setAttribute(name, value);
      rect.classList.add(tool);
      return rect;
    }));
  }
}
