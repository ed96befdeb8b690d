/** The bar below the picture and its tools: cloned from the page's template, which carries the reader's language. */
import { Tools } from "./tools.js";

export class Bar {
  constructor(player) {
    const parts = document.getElementById("player-parts").content.cloneNode(true);
    this.big = parts.querySelector(".player-big");
    this.root = parts.querySelector(".player-bar");
    this.scrub = this.root.querySelector(".player-scrub input");
    this.loop = this.root.querySelector(".player-loop");
    this.rate = this.root.querySelector(".player-rate");
    this.number = this.root.querySelector(".player-frame b");
    this.scrub.max = player.clock.frames;
    this.root.querySelector(".player-frame span").textContent = player.clock.frames;
    player.tools = new Tools(player, parts);
    this.rest = [player.tools.root, player.tools.status];
    this.#listen(player);
  }

  frame(index) {
    const text = this.scrub.dataset.text.replace("%1", index + 1).replace("%2", this.scrub.max);
    this.scrub.value = index + 1;
    this.scrub.setAttribute("aria-valuetext", text);
    this.number.textContent = index + 1;
  }

  speed(value) {
    this.rate.textContent = `${value.toLocaleString(document.documentElement.lang)}×`;
  }

  range(first, last, frames) {
    const whole = first === 0 && last === frames - 1;
    const at = (index) => (frames > 1 ? (index / (frames - 1)) * 100 : 0);
    this.loop.hidden = whole;
    this.loop.style.left = `${at(first)}%`;
    this.loop.style.right = `${100 - at(last)}%`;
    this.pressed("loop", !whole);
  }

  pressed(name, yes, attribute = "aria-pressed") {
    for (const part of [this.root, ...this.rest]) part.querySelector(`[data-act="${name}"]`)?.setAttribute(attribute, String(yes));
  }

  #listen(player) {
    for (const part of [this.root, ...this.rest]) {
      part.addEventListener("change", (event) => event.stopPropagation()); // no answer of a form around the player
      part.addEventListener("click", (event) => {
        const button = event.target.closest("[data-act]");
        if (button) ACTS[button.dataset.act](player);
      });
    }
    this.big.addEventListener("click", () => player.toggle());
    this.scrub.addEventListener("input", () => player.show(this.scrub.valueAsNumber - 1));
    this.scrub.addEventListener("keydown", (event) => player.key(event));
  }
}

const ACTS = {
  toggle: (player) => player.toggle(),
  back: (player) => player.step(-1),
  next: (player) => player.step(1),
  slower: (player) => player.faster(-1),
  faster: (player) => player.faster(1),
  loop: (player) => player.loopButton(),
  low: (player) => player.lowData(),
  full: (player) => player.fullScreen(),
  tools: (player) => player.openTools(),
  closer: (player) => player.closer(1),
  away: (player) => player.closer(-1),
  distance: (player) => player.measure.toggle("distance"),
  area: (player) => player.measure.toggle("area"),
  reset: (player) => player.tools.reset(),
  marks: (player) => player.showMarks(),
};
