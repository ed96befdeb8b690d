/**
 * <clip-pair>: two players that act together, as the choice above them says. In step by time each keeps its own true
 * times, and the shorter one begins again whenever the longer one does; by phase both loops begin and end together, so
 * the second one runs at another pace; or each by itself.
 */
class ClipPair extends HTMLElement {
  async connectedCallback() {
    await customElements.whenDefined("clip-player");
    const players = [...this.querySelectorAll("clip-player")].filter((player) => player.bar);
    if (players.length !== 2 || this.players) return;
    this.players = players;
    this.querySelector(".only-paired").hidden = false;
    const [one, other] = players;
    tie(this, one, other);
    tie(this, other, one);
    this.#follow(...(one.clock.duration < other.clock.duration ? [other, one] : [one, other]));
    this.addEventListener("change", (event) => event.target.matches("[data-step]") && this.#chosen());
    this.#chosen();
    if (one.wanted) this.#begin(players);
  }

  /** `time`, `phase`, or nothing. */
  get mode() {
    return this.querySelector("[data-step]:checked").value;
  }

  get linked() {
    return this.mode !== "" && !this.busy;
  }

  /** The frame of `other`, from 0, that belongs to what `one` shows. */
  partner(one, other) {
    const at = one.clock.starts[one.frame - 1];
    const part = at / one.clock.duration;
    return other.clock.frameAt(this.mode === "phase" ? part * other.clock.duration : at % other.clock.duration);
  }

  /** From the first frame at the same moment, once both are there; whoever pauses or steps meanwhile is left alone. */
  async #begin(players) {
    players[0].show(0);
    await Promise.all(players.map((player) => player.ready));
    if (players.every((player) => !player.wanted && player.frame === 1)) players[0].toggle();
  }

  /** The pace of the second one, told where it is not the true one; from now on in step. */
  #chosen() {
    const [one, other] = this.players;
    const pace = this.mode === "phase" && !one.still && !other.still ? other.clock.duration / one.clock.duration : 1;
    other.atPace(pace);
    const told = this.querySelector("[data-pace]");
    told.textContent = Math.abs(pace - 1) < 0.01 ? "" : told.dataset.pace.replace("%1", pace.toLocaleString(document.documentElement.lang, { maximumFractionDigits: 2 }));
    if (this.linked && !other.still) other.engine.show(this.partner(one, other));
  }

  /** Each time the longer loop begins again, the other one is put where it belongs: they never drift apart. */
  #follow(long, short) {
    let last = 0;
    long.addEventListener("frame", ({ detail: { frame } }) => {
      const again = frame < last && long.engine.playing;
      last = frame;
      if (!again || !this.linked || !short.engine.playing) return;
      const wanted = this.partner(long, short);
      if (Math.abs(short.engine.frame - wanted) > 1) short.engine.show(wanted);
    });
  }
}

/** What the other player does when an act is done on one. */
const FOLLOW = {
  toggle: (pair, one, other) => other.wanted !== one.wanted && other.toggle(),
  step: (pair, one, other, by) => (pair.mode === "phase" ? other.show(pair.partner(one, other)) : other.step(by)),
  show: (pair, one, other, frame) => other.show(Number.isFinite(frame) ? pair.partner(one, other) : frame),
  faster: (pair, one, other, by) => other.faster(by),
  rest: (pair, one, other) => other.rest(),
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
      if (!alone) follow(pair, one, other, ...given);
      pair.busy = before;
    };
  }
}

customElements.define("clip-pair", ClipPair);
