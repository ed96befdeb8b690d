/** When each frame of a clip is shown. Frames count from 0 here and from 1 on the page, as in DICOM. */
export class FrameClock {
  /**
   * @param {number} frames how many there are
   * @param {number} fps used where the times are not given
   * @param {number[]} times milliseconds at which each frame begins, the first at 0; empty when they are even
   */
  constructor(frames, fps, times = []) {
    this.frames = frames;
    const even = 1 / (fps || 25);
    const given = times.length === frames && frames > 1;
    this.starts = Array.from({ length: frames }, (_, i) => (given ? times[i] / 1000 : i * even));
    const last = frames > 1 ? this.starts[frames - 1] - this.starts[frames - 2] : even;
    this.starts.push(this.starts[frames - 1] + (given ? last : even));
  }

  /** Seconds of the whole clip. */
  get duration() {
    return this.starts[this.frames];
  }

  /** Middle of a frame's time, so that rounding of a container never lands on its neighbour. */
  middle(frame) {
    return (this.starts[frame] + this.starts[frame + 1]) / 2;
  }

  /** The frame that is shown at `seconds`. */
  frameAt(seconds) {
    let low = 0;
    let high = this.frames - 1;
    while (low < high) {
      const half = (low + high + 1) >> 1;
      if (this.starts[half] <= seconds + 1e-4) low = half;
      else high = half - 1;
    }
    return low;
  }

  /** Seconds that a frame stays. */
  length(frame) {
    return this.starts[frame + 1] - this.starts[frame];
  }

  clamp(frame) {
    return Math.min(this.frames - 1, Math.max(0, frame));
  }
}
