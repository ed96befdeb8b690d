/** Plays single pictures at their times, for browsers without H.264. Same interface as VideoEngine. */
const AHEAD = 12;

export class FramesEngine {
  /** @param {(frame: number) => string} address of a frame counted from 0 */
  constructor(image, clock, address) {
    this.image = image;
    this.clock = clock;
    this.address = address;
    this.range = [0, clock.frames - 1];
    this.frame = 0;
    this.rate = 1;
    this.playing = false;
    this.run = 0;
    this.kept = new Map();
    this.onframe = () => {};
    this.onstate = () => {};
  }

  play() {
    if (!this.playing) {
      this.playing = true;
      this.onstate(true);
      this.#next(performance.now(), (this.run += 1));
    }
  }

  pause() {
    this.playing = false;
    clearTimeout(this.timer);
    this.onstate(false);
  }

  async show(frame) {
    this.frame = this.clock.clamp(frame);
    this.onframe(this.frame);
    const picture = await this.#fetch(this.frame);
    if (picture && picture.frame === this.frame) this.image.src = picture.src;
  }

  use() {} // pictures have one size

  dispose() {
    this.pause();
    this.kept.clear();
  }

  /** Shows the frame and sets the clock for the one behind it; a pause in between ends it. */
  async #next(due, run) {
    await this.show(this.frame);
    if (!this.playing || run !== this.run) return;
    for (let i = 1; i <= AHEAD; i += 1) this.#fetch((this.frame + i) % this.clock.frames);
    const wait = (this.clock.length(this.frame) * 1000) / this.rate;
    const then = Math.max(due + wait, performance.now()); // a slow line delays, it does not skip
    this.timer = setTimeout(() => {
      const [first, last] = this.range;
      this.frame = this.frame >= last || this.frame < first ? first : this.frame + 1;
      this.#next(then, run);
    }, then - performance.now());
  }

  #fetch(frame) {
    if (!this.kept.has(frame)) {
      const picture = new Image();
      picture.src = this.address(frame);
      picture.frame = frame;
      this.kept.set(frame, picture.decode().then(() => picture, () => this.kept.delete(frame) && null));
    }
    return this.kept.get(frame);
  }
}
