/** Fingers, mouse and wheel on the picture: tap plays, drag scrubs or moves, pinch and double tap zoom. */
const STARTS = 8;
const TWICE_MS = 300;
const TWICE_NEAR = 24;
const CLOSER = 2.5;
const WHEEL = 0.008;

export class Gestures {
  constructor(player, stage) {
    this.player = player;
    this.stage = stage;
    this.fingers = new Map();
    this.last = { timeStamp: -Infinity };
    const on = (name, act, options) => stage.root.addEventListener(name, act, options);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel"]) on(end, (event) => this.fingers.delete(event.pointerId));
    on("click", (event) => this.#tap(event));
    on("dragstart", (event) => event.preventDefault());
    on("wheel", (event) => this.#wheel(event), { passive: false });
  }

  #down(event) {
    if (event.target.closest("button") || event.button > 0) return;
    if (!this.fingers.size) this.dragged = false;
    this.fingers.set(event.pointerId, event);
    this.from = { x: event.clientX, y: event.clientY, frame: this.player.frame - 1 };
  }

  #move(event) {
    const before = this.fingers.get(event.pointerId);
    if (!before) return;
    const far = Math.hypot(event.clientX - this.from.x, this.stage.zoomed ? event.clientY - this.from.y : 0) > STARTS;
    if (this.fingers.size > 1) this.#pinch(before, event);
    else if (this.dragged || far) this.#drag(before, event);
    this.fingers.set(event.pointerId, event);
  }

  /** The fingers' middle stays on the same spot of the picture. */
  #pinch(before, event) {
    const other = [...this.fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
    const apart = (finger) => Math.hypot(finger.clientX - other.clientX, finger.clientY - other.clientY);
    this.dragged = true;
    this.stage.move((event.clientX - before.clientX) / 2, (event.clientY - before.clientY) / 2);
    const middle = { clientX: (event.clientX + other.clientX) / 2, clientY: (event.clientY + other.clientY) / 2 };
    this.stage.zoomBy(apart(event) / Math.max(1, apart(before)), middle);
  }

  #drag(before, event) {
    if (!this.dragged) this.stage.root.setPointerCapture(event.pointerId);
    this.dragged = true;
    if (this.stage.zoomed) this.stage.move(event.clientX - before.clientX, event.clientY - before.clientY);
    else this.player.show(this.from.frame + Math.round(((event.clientX - this.from.x) / this.stage.box[2]) * this.player.clock.frames));
  }

  /** The second of two taps undoes what the first one did, and zooms. */
  #tap(event) {
    if (event.target.closest("button") || this.dragged) return;
    const near = Math.hypot(event.clientX - this.last.clientX, event.clientY - this.last.clientY) < TWICE_NEAR;
    const twice = near && event.timeStamp - this.last.timeStamp < TWICE_MS;
    this.last = twice ? { timeStamp: -Infinity } : event;
    this.player.toggle();
    if (twice && this.stage.zoomed) this.stage.reset();
    else if (twice) this.stage.zoomBy(CLOSER, event);
  }

  #wheel(event) {
    if (!event.ctrlKey) return; // the page keeps its scrolling; a pinch on a touch pad comes with ctrlKey
    event.preventDefault();
    this.stage.zoomBy(Math.exp(-event.deltaY * WHEEL), event);
  }
}
