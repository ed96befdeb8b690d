/**
 * <clip-player>: a clip that plays muted at its true frame times, loops and steps exactly.
 *
 * The page holds a plain <video controls> inside (or the first frame of a still), which is all that a browser without
 * scripts shows. Attributes: data-frames, data-fps, data-times (JSON), data-playback, data-small, data-frame-base,
 * data-start (the frame to rest at, from 1), data-regions (JSON, see calibration.js), data-marks (JSON, see drawn.js).
 * Event `frame` with detail {frame} counted from 1.
 */
import { lowData, setLowData, still } from "../saving.js";
import { Bar } from "./bar.js";
import { FrameClock } from "./clock.js";
import { Drawn } from "./drawn.js";
import { FramesEngine } from "./frames-engine.js";
import { Gestures } from "./gestures.js";
import { press, pressOnPage } from "./keys.js";
import { Measure } from "./measure.js";
import { Stage } from "./stage.js";
import { VideoEngine } from "./video-engine.js";

const RATES = [0.25, 0.5, 0.75, 1, 1.5, 2];
const CLOSER = 1.25;

let used = null;

/** The player that hears keys of the whole page: the one used last, else the first; only while it is seen. */
function listening() {
  const players = [...document.querySelectorAll("clip-player[data-page-keys]")].filter((player) => player.bar && player.inView);
  return players.find((player) => player === used) ?? players[0];
}

export class ClipPlayer extends HTMLElement {
  connectedCallback() {
    this.picture = this.querySelector(".player-picture");
    this.video = this.picture?.querySelector(":scope > :is(video, img)");
    if (!this.video || this.bar) return;
    const { frames, fps, times } = this.dataset;
    this.clock = new FrameClock(Number(frames), Number(fps), JSON.parse(times || "[]"));
    this.low = lowData();
    this.rate = 1;
    this.pace = 1;
    this.stage = new Stage(this.picture, [this.video.getAttribute("width"), this.video.getAttribute("height")].map(Number));
    this.bar = new Bar(this);
    this.#build();
    this.#start(this.#engine());
    this.video.addEventListener("error", () => this.engine.video && this.#fallBack());
    this.addEventListener("keydown", (event) => this.key(event));
    for (const use of ["pointerdown", "focusin"]) this.addEventListener(use, () => (used = this));
    this.#playWhenSeen();
    this.#marks();
  }

  disconnectedCallback() {
    this.seen?.disconnect();
    this.engine?.dispose();
    this.stage?.dispose();
  }

  get frame() {
    return this.engine.frame + 1;
  }

  /** Nothing moves: a still has one frame. */
  get still() {
    return this.clock.frames === 1;
  }

  /** Settles when the first picture is there, or will never be. */
  get ready() {
    if (!this.engine.video || this.video.readyState > 1) return Promise.resolve();
    return new Promise((done) => {
      for (const name of ["loadeddata", "error"]) this.video.addEventListener(name, done, { once: true });
    });
  }

  toggle() {
    if (this.still) return;
    this.wanted = !this.engine.playing;
    if (this.wanted) this.engine.play();
    else this.engine.pause();
  }

  step(by) {
    this.show(this.engine.frame + by);
  }

  /** Pause and show a frame counted from 0. */
  show(frame) {
    this.rest();
    this.engine.show(this.clock.clamp(frame));
  }

  /** Stand still, wherever the clip is. */
  rest() {
    this.wanted = false;
    if (this.engine.playing) this.engine.pause();
  }

  closer(by) {
    this.stage.zoomBy(CLOSER ** by);
  }

  showMarks() {
    if (this.drawn.marks.length) this.drawn.show(!this.drawn.on);
  }

  openTools() {
    this.bar.pressed("tools", this.tools.toggle(), "aria-expanded");
  }

  faster(by) {
    this.rate = RATES[Math.min(RATES.length - 1, Math.max(0, RATES.indexOf(this.rate) + by))];
    this.engine.rate = this.rate * this.pace;
    this.bar.speed(this.rate);
  }

  /** On top of the speed that the reader chose: what keeps a pair in step by phase. */
  atPace(pace) {
    this.pace = pace;
    this.engine.rate = this.rate * pace;
  }

  loopFrom() {
    this.#range(this.engine.frame, Math.max(this.engine.range[1], this.engine.frame));
  }

  loopTo() {
    this.#range(Math.min(this.engine.range[0], this.engine.frame), this.engine.frame);
  }

  loopAll() {
    this.#range(0, this.clock.frames - 1);
  }

  /** By finger: first tap sets the start, the second the end, the third takes the range away. */
  loopButton() {
    this.marked = ((this.marked ?? 0) + 1) % 3;
    [() => this.loopAll(), () => this.loopFrom(), () => this.loopTo()][this.marked]();
  }

  lowData() {
    this.low = !this.low;
    setLowData(this.low);
    this.bar.pressed("low", this.low);
    this.tools.say(this.tools.words[this.low ? "small" : "whole"]);
    this.engine.use(this.#address());
  }

  fullScreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (this.requestFullscreen) this.requestFullscreen();
    else this.video.webkitEnterFullscreen?.();
  }

  key(event) {
    return press(this, event);
  }

  #build() {
    this.tabIndex = 0;
    this.toggleAttribute("data-still", this.still);
    this.video.removeAttribute("controls");
    this.video.tabIndex = -1;
    this.picture.append(this.bar.big);
    this.append(this.bar.root, ...this.bar.rest);
    this.gestures = new Gestures(this, this.stage);
    this.drawn = new Drawn(this);
    this.measure = new Measure(this, this.tools.words);
    this.bar.frame(0);
    this.bar.speed(1);
    this.bar.range(0, this.clock.frames - 1, this.clock.frames);
    this.bar.pressed("low", this.low);
  }

  #address() {
    return this.low && this.dataset.small ? this.dataset.small : this.dataset.playback;
  }

  #engine() {
    if (this.video instanceof HTMLImageElement) return new FramesEngine(this.video, this.clock, () => this.video.src);
    return VideoEngine.works(this.video) ? this.#videoEngine() : this.#framesEngine();
  }

  #videoEngine() {
    if (this.low && this.dataset.small) this.video.src = this.dataset.small;
    return new VideoEngine(this.video, this.clock);
  }

  #framesEngine() {
    const image = new Image();
    image.alt = this.video.getAttribute("aria-label") ?? "";
    image.src = this.video.poster;
    this.video.replaceWith(image);
    const [base, rest] = this.dataset.frameBase.split("{n}");
    return new FramesEngine(image, this.clock, (frame) => `${base}${frame + 1}${rest}`);
  }

  #start(engine) {
    this.engine = engine;
    this.dataset.engine = engine.video ? "video" : "frames";
    engine.rate = this.rate * this.pace;
    engine.onframe = (frame) => {
      this.bar.frame(frame);
      this.drawn.redraw();
      this.dispatchEvent(new CustomEvent("frame", { detail: { frame: frame + 1 } }));
    };
    engine.onstate = (playing) => {
      this.dataset.state = playing ? "playing" : "paused";
      if (playing) this.dataset.moved = ""; // the large button covers the picture: it goes for good
    };
  }

  #fallBack() {
    const playing = this.wanted;
    this.engine.dispose();
    this.#start(this.#framesEngine());
    if (playing) this.engine.play();
  }

  /** Those of the clip; where the learner is asked first, they come with the answer. */
  #marks() {
    const answer = document.querySelector("details.reveal[data-marks]");
    const given = (from) => JSON.parse(from.dataset.marks || "[]");
    this.drawn.set(given(this));
    answer?.addEventListener("toggle", () => this.drawn.set(answer.open ? given(answer) : []));
  }

  #range(first, last) {
    this.engine.range = [first, last];
    this.bar.range(first, last, this.clock.frames);
  }

  /** Moves when it comes into view and rests when it leaves, unless the reader paused it or wants no motion. */
  #playWhenSeen() {
    this.wanted = !still.matches && !this.dataset.start;
    if (this.dataset.start) this.engine.show(this.clock.clamp(Number(this.dataset.start) - 1));
    this.seen = new IntersectionObserver(([entry]) => {
      this.inView = entry.isIntersecting;
      if (entry.isIntersecting && this.wanted) this.engine.play();
      if (!entry.isIntersecting && this.engine.playing) this.engine.pause();
    }, { threshold: 0.4 });
    this.seen.observe(this);
  }
}

document.addEventListener("keydown", (event) => {
  const player = listening();
  if (player) pressOnPage(player, event);
});
customElements.define("clip-player", ClipPlayer);
