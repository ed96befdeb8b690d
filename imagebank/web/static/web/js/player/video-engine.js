/** Plays the H.264 rendition. Same interface as FramesEngine: play, pause, show, rate, range, dispose; `onframe`, `onstate`. */
export class VideoEngine {
  constructor(video, clock) {
    this.video = video;
    this.clock = clock;
    this.range = [0, clock.frames - 1];
    this.frame = 0;
    this.onframe = () => {};
    this.onstate = () => {};
    this.stop = new AbortController();
    const on = (name, act) => video.addEventListener(name, act, { signal: this.stop.signal });
    on("play", () => this.#playing(true));
    on("pause", () => this.#playing(false));
    on("seeked", () => video.paused && this.#shown(video.currentTime));
    on("timeupdate", () => this.#tick(video.currentTime));
    this.#watch();
  }

  static works(video) {
    return video.canPlayType('video/mp4; codecs="avc1.42E01E"') !== "";
  }

  get playing() {
    return !this.video.paused;
  }

  play() {
    this.video.preload = "auto";
    return this.video.play().catch(() => this.onstate(false)); // a browser may forbid starting without a gesture
  }

  pause() {
    this.video.pause();
  }

  show(frame) {
    this.video.preload = "auto";
    this.frame = this.clock.clamp(frame);
    this.video.currentTime = this.clock.middle(this.frame);
    this.onframe(this.frame);
  }

  set rate(value) {
    this.video.defaultPlaybackRate = value;
    this.video.playbackRate = value;
  }

  /** Another file of the same clip with the same frame times. */
  use(address) {
    const frame = this.frame;
    const playing = this.playing;
    this.video.src = address;
    this.show(frame);
    if (playing) this.play();
  }

  dispose() {
    this.stop.abort();
    this.video.pause();
  }

  #playing(yes) {
    if (!yes) this.#settle();
    this.onstate(yes);
  }

  /** Stand in the middle of the frame that is seen, so that stepping starts from it. */
  #settle() {
    if (!this.video.ended && this.video.readyState > 1) this.show(this.frame);
  }

  #shown(seconds) {
    const frame = this.clock.frameAt(seconds);
    if (frame !== this.frame) this.onframe((this.frame = frame));
  }

  #tick(seconds) {
    if (this.video.paused) return;
    this.#shown(seconds);
    const [first, last] = this.range;
    const whole = first === 0 && last === this.clock.frames - 1;
    if (!whole && (this.frame > last || this.frame < first)) this.video.currentTime = this.clock.middle(first);
  }

  /** The time of the picture on screen where the browser tells it, else `timeupdate` alone. */
  #watch() {
    if (!("requestVideoFrameCallback" in this.video)) return;
    const each = (_, data) => {
      if (this.stop.signal.aborted) return;
      this.#tick(data.mediaTime);
      this.video.requestVideoFrameCallback(each);
    };
    this.video.requestVideoFrameCallback(each);
  }
}
