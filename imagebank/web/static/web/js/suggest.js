/** Completion of a search field while one types (WAI-ARIA combobox with a list); the field works without it. */
const WAIT = 120;

/** Makes a list under each field that says where its suggestions come from. */
export function suggestions() {
  for (const input of document.querySelectorAll("input[data-suggest]")) new Suggestions(input);
}

class Suggestions {
  constructor(input) {
    this.input = input;
    this.list = Object.assign(document.createElement("ul"), { id: `${input.id}-list`, className: "suggestions", hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
    this.told = Object.assign(document.createElement("span"), { className: "unseen" });
    this.told.setAttribute("role", "status");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": this.list.id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
    input.parentElement.append(this.list, this.told);
    input.addEventListener("input", () => this.#later());
    input.addEventListener("keydown", (event) => this.#key(event));
    input.addEventListener("blur", () => this.#close());
    input.form?.addEventListener("submit", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.#choose(item);
    });
  }

  get #items() {
    return [...this.list.children];
  }

  #later() {
    clearTimeout(this.timer);
    this.#unmark(); // what is offered was offered for other words
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
    const number = new Intl.NumberFormat(document.documentElement.lang);
    this.list.replaceChildren(...results.map((one, i) => this.#item(one, i, number)));
    if (!results.length) return this.#close();
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#unmark();
    this.told.textContent = this.input.dataset.told.replace("{n}", results.length);
  }

  #item(one, i, number) {
    const item = Object.assign(document.createElement("li"), { id: `${this.list.id}-${i}` });
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.q = one.q;
    const part = (className, text) => item.append(Object.assign(document.createElement("span"), { className, textContent: text }), " ");
    part("", one.text);
    if (one.label.toLocaleLowerCase() !== one.text.toLocaleLowerCase()) part("soft small", one.label);
    part("count", number.format(one.count));
    part("unseen", this.input.dataset.cases);
    return item;
  }

  #mark(index) {
    const items = this.#items;
    this.marked = items[(index + items.length) % items.length];
    for (const item of items) item.setAttribute("aria-selected", String(item === this.marked));
    this.input.setAttribute("aria-activedescendant", this.marked.id);
    this.marked.scrollIntoView({ block: "nearest" });
  }

  #unmark() {
    this.marked?.setAttribute("aria-selected", "false");
    this.marked = undefined;
    this.input.removeAttribute("aria-activedescendant");
  }

  #key(event) {
    if (this.list.hidden) return;
    const at = this.#items.indexOf(this.marked);
    if (event.key === "ArrowDown") this.#mark(at + 1);
    else if (event.key === "ArrowUp") this.#mark(at < 0 ? -1 : at - 1);
    else if (event.key === "Escape") this.#close();
    else if (event.key === "Enter" && this.marked) this.#choose(this.marked);
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
    this.#unmark();
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.told.textContent = "";
  }
}
