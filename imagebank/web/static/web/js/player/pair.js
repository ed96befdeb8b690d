/** <clip-pair>: two players that act together while the box "in step" is ticked. Each keeps its own true times. */
class ClipPair extends HTMLElement {
  async connectedCallback() {
    await customElements.whenDefined("clip-player");
    const players = [...this.querySelectorAll("clip-player")].filter((player) => player.bar);
    if (players.length !== 2 || this.box) return;
    this.box = this.querySelector("[data-step]");
    this.querySelector(".only-paired").hidden = false;
    const [one, other] = players;
    tie(this, one, other);
    tie(this, other, one);
    if (one.wanted) this.#begin(players);
  }

  /** From the first frame at the same moment, once both are there; whoever pauses or steps meanwhile is left alone. */
  async #begin(players) {
    players[0].show(0);
    await Promise.all(players.map((player) => player.ready));
    if (players.every((player) => !player.wanted && player.frame === 1)) players[0].toggle();
  }

  get linked() {
    return this.box.checked && !this.busy;
  }
}

/** What the other player does when an act is done on one. */
const FOLLOW = {
  toggle: (one, other) => other.wanted !== one.wanted && other.toggle(),
  step: (one, other, by) => other.step(by),
  show: (one, other, frame) => other.show(Number.isFinite(frame) ? other.clock.frameAt(one.clock.starts[one.frame - 1]) : frame),
  faster: (one, other, by) => other.faster(by),
  rest: (one, other) => other.rest(),
};

/** An act that another one of the same player calls is not told again. */
function tie(pair, one, other) {
  for (const [name, follow] of Object.entries(FOLLOW)) {
    const own = one[name].bind(one);
    one[name] = (...given) => {
      const alone = !pair.linked;
      const before = pair.busy;
      pair.busy = true;
      own(...given);
      if (!alone) follow(one, other, ...given);
      pair.busy = before;
    };
  }
}

customElements.define("clip-pair", ClipPair);
