/** Where the picture lies on its stage: fitted, zoomed and moved. Places in the picture run from 0 to 1 on both axes. */
const MOST = 8;
const clamp = (value, least, most) => Math.min(most, Math.max(least, value));

export class Stage {
  /**
   * @param {HTMLElement} root the element that the picture fills
   * @param {number[]} size width and height of the picture in its own pixels
   */
  constructor(root, size) {
    this.root = root;
    this.size = size;
    this.zoom = 1;
    this.offset = [0, 0];
    this.watchers = [];
    this.resized = new ResizeObserver(() => this.#changed());
    this.resized.observe(root);
  }

  /** Calls `act` now and whenever the picture lies elsewhere. */
  watch(act) {
    this.watchers.push(act);
    act();
  }

  dispose() {
    this.resized.disconnect();
  }

  get zoomed() {
    return this.zoom > 1;
  }

  /** Left, top, width and height of the picture in pixels of the stage. */
  get box() {
    const { clientWidth, clientHeight } = this.root;
    const scale = Math.min(clientWidth / this.size[0], clientHeight / this.size[1]) * this.zoom;
    const [width, height] = this.size.map((side) => side * scale);
    return [(clientWidth - width) / 2 + this.offset[0], (clientHeight - height) / 2 + this.offset[1], width, height];
  }

  /** A place in the picture as pixels of the stage. */
  place([x, y]) {
    const [left, top, width, height] = this.box;
    return [left + x * width, top + y * height];
  }

  /** Where a pointer is in the picture; its nearest edge when outside. */
  at({ clientX, clientY }) {
    const frame = this.root.getBoundingClientRect();
    const [left, top, width, height] = this.box;
    return [(clientX - frame.left - left) / width, (clientY - frame.top - top) / height].map((value) => clamp(value, 0, 1));
  }

  /** Zooms by a factor; what is under the pointer, or in the middle, stays where it is. */
  zoomBy(factor, pointer = null) {
    const frame = this.root.getBoundingClientRect();
    const middle = pointer ? [pointer.clientX - frame.left - frame.width / 2, pointer.clientY - frame.top - frame.height / 2] : [0, 0];
    const zoom = clamp(this.zoom * factor, 1, MOST);
    this.offset = this.offset.map((value, axis) => middle[axis] - ((middle[axis] - value) * zoom) / this.zoom);
    this.zoom = zoom;
    this.#changed();
  }

  move(across, down) {
    this.offset = [this.offset[0] + across, this.offset[1] + down];
    this.#changed();
  }

  reset() {
    this.zoom = 1;
    this.#changed();
  }

  /** The picture never leaves its stage. */
  #changed() {
    const { clientWidth, clientHeight } = this.root;
    const [, , width, height] = this.box;
    const room = [Math.max(0, (width - clientWidth) / 2), Math.max(0, (height - clientHeight) / 2)];
    this.offset = this.offset.map((value, axis) => clamp(value, -room[axis], room[axis]));
    const style = this.root.style;
    style.setProperty("--zoom", this.zoom);
    style.setProperty("--across", `${this.offset[0]}px`);
    style.setProperty("--down", `${this.offset[1]}px`);
    this.root.toggleAttribute("data-zoomed", this.zoomed);
    for (const act of this.watchers) act();
  }
}
