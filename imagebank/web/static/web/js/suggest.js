/** Completion of a search field while one types (WAI-ARIA combobox with a list); the field works without it. */
import { Listbox, option } from "./listbox.js";

const WAIT = 120;

/** Makes a list under each field that says where its suggestions come from. */
export function suggestions() {
  for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
}

class Suggestions {
  constructor(input) {
    this.input = input;
    this.box = new Listbox(input, {
      id: `${input.id}-list`,
      className: "suggestions",
      label: input.labels[0]?.textContent,
      choose: (option) => this.#choose(option),
    });
    this.told = Object.assign(document.createElement("span"), { className: "unseen" });
    this.told.setAttribute("role", "status");
    input.parentElement.append(this.box.list, this.told);
    input.addEventListener("input", () => this.#later());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    input.form?.addEventListener("submit", () => this.#close());
  }

  #later() {
    clearTimeout(this.timer);
    this.box.mark(undefined); // what is offered was offered for other words
    this.timer = setTimeout(() => this.#ask(), WAIT);
  }

  async #ask() {
    this.asked?.abort();
    const typed = this.input.value;
    if (!typed.trim()) return this.#close();
    this.asked = new AbortController();
    const address = `${this.input.dataset.suggest}?${new URLSearchParams({ q: typed, lang: document.documentElement.lang })}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: this.asked.signal });
      const { results = [] } = answer.ok ? await answer.json() : {};
      if (typed === this.input.value && document.activeElement === this.input) this.#show(results);
    } catch {
      // an older question, or no connection: the field works without suggestions
    }
  }

  #show(results) {
    if (!results.length) return this.#close();
    const number = new Intl.NumberFormat(document.documentElement.lang);
    this.box.open(results.map((one, i) => this.#item(one, i, number)));
    this.told.textContent = this.input.dataset.told.replace("{n}", results.length);
  }

  #item(one, i, number) {
    const item = option(`${this.box.list.id}-${i}`);
    item.dataset.q = one.q;
    const part = (className, text) => item.append(Object.assign(document.createElement("span"), { className, textContent: text }), " ");
    part("", one.text);
    if (one.label.toLocaleLowerCase() !== one.text.toLocaleLowerCase()) part("soft small", one.label);
    part("count", number.format(one.count));
    part("unseen", this.input.dataset.cases);
    return item;
  }

  #key(event) {
    if (!this.box.isOpen) return;
    const { at, marked, options } = this.box;
    if (event.key === "ArrowDown") this.box.mark(options[(at + 1) % options.length]);
    else if (event.key === "ArrowUp") this.box.mark(options.at(at < 0 ? -1 : at - 1));
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && marked) this.#choose(marked);
    else return;
    event.preventDefault();
  }

  #choose(item) {
    this.input.value = item.dataset.q;
    this.#close();
    this.input.form?.requestSubmit();
  }

  #close() {
    clearTimeout(this.timer);
    this.asked?.abort();
    this.box.close();
    this.told.textContent = "";
  }
}
