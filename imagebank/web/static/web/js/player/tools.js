/** The tools below the bar: zoom, brightness and contrast, measuring, saving data; and the line that tells what they did. */
const STEP = 10;
const LOOK = { bright: "--bright", contrast: "--contrast" };

export class Tools {
  constructor(player, parts) {
    this.player = player;
    this.root = parts.querySelector(".player-tools");
    this.status = parts.querySelector(".player-said");
    this.words = this.status.dataset;
    this.percent = this.root.querySelector(".player-zoom");
    this.sliders = Object.fromEntries(Object.keys(LOOK).map((name) => [name, this.root.querySelector(`[data-look="${name}"]`)]));
    for (const [name, slider] of Object.entries(this.sliders)) slider.addEventListener("input", () => this.#apply(name));
    player.stage.watch(() => this.#zoomed());
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    return !this.root.hidden;
  }

  /** One step brighter or darker, or more or less contrast. */
  look(name, by) {
    this.sliders[name].valueAsNumber += by * STEP;
    this.#apply(name);
    this.say(`${this.sliders[name].labels[0].textContent.trim()}: ${this.sliders[name].value} %`);
  }

  reset() {
    this.player.stage.reset();
    for (const [name, slider] of Object.entries(this.sliders)) {
      slider.value = slider.defaultValue;
      this.#apply(name);
    }
  }

  measuring(kind) {
    for (const button of this.root.querySelectorAll("[data-measure]")) button.setAttribute("aria-pressed", String(button.dataset.measure === kind));
  }

  say(text) {
    this.status.textContent = text;
  }

  #apply(name) {
    this.player.stage.root.style.setProperty(LOOK[name], this.sliders[name].valueAsNumber / 100);
  }

  #zoomed() {
    this.percent.textContent = this.player.stage.zoom.toLocaleString(document.documentElement.lang, { style: "percent" });
  }
}
