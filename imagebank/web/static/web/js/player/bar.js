/** The bar below the picture: cloned from the page's template, which carries the words of the reader's language. */
export class Bar {
  constructor(player) {
    const parts = document.getElementById("player-parts").content.cloneNode(true);
    this.big = parts.querySelector(".player-big");
    this.root = parts.querySelector(".player-bar");
    this.scrub = this.root.querySelector("input");
    this.loop = this.root.querySelector(".player-loop");
    this.rate = this.root.querySelector(".player-rate");
    this.number = this.root.querySelector(".player-frame b");
    this.scrub.max = player.clock.frames;
    this.root.querySelector(".player-frame span").textContent = player.clock.frames;
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

  pressed(name, yes) {
    const button = this.root.querySelector(`[data-act="${name}"]`);
    if (button) button.setAttribute("aria-pressed", String(yes));
  }

  #listen(player) {
    const acts = {
      toggle: () => player.toggle(),
      back: () => player.step(-1),
      next: () => player.step(1),
      slower: () => player.faster(-1),
      faster: () => player.faster(1),
      loop: () => player.loopButton(),
      low: () => player.lowData(),
      full: () => player.fullScreen(),
    };
    this.root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (button) acts[button.dataset.act]();
    });
    this.big.addEventListener("click", acts.toggle);
    this.scrub.addEventListener("input", () => player.show(this.scrub.valueAsNumber - 1));
    this.scrub.addEventListener("keydown", (event) => player.key(event));
  }
}
