/** A long <select data-combo> becomes a field that searches as one types (WAI-ARIA combobox with a list). */
const fold = (text) => text.toLocaleLowerCase().normalize("NFD").replace(/\p{M}/gu, "");
let count = 0;

export function comboboxes(root) {
  for (const select of root.querySelectorAll("select[data-combo]")) if (!select.hidden) new Combobox(select);
}

class Combobox {
  constructor(select) {
    this.select = select;
    this.options = [...select.options].filter((option) => option.value).map((option) => ({
      option,
      group: option.parentElement.label ?? "",
      text: fold(`${option.label} ${option.dataset.words ?? ""}`),
    }));
    this.id = `combo-${(count += 1)}`;
    this.#build();
    if ("focus" in select.dataset) this.input.focus();
  }

  #build() {
    const { select } = this;
    this.root = document.createElement("div");
    this.root.className = "combo";
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false, id: select.id, placeholder: select.options[0].label });
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": this.id, "aria-autocomplete": "list" })) this.input.setAttribute(name, value);
    this.input.disabled = select.closest("fieldset")?.disabled ?? false;
    this.list = document.createElement("ul");
    Object.assign(this.list, { id: this.id, hidden: true, className: "combo-list" });
    this.list.setAttribute("role", "listbox");
    select.removeAttribute("id");
    select.hidden = true;
    select.required = false;
    select.after(this.root);
    this.root.append(this.input, this.list);
    this.#show();
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.#open(""));
    this.input.addEventListener("input", () => this.#open(this.input.value));
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      const item = event.target.closest("[role=option]");
      if (item) this.#choose(item.dataset.value);
    });
  }

  #show() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].label : "";
  }

  #open(typed) {
    const words = fold(typed).split(/\s+/).filter(Boolean);
    const found = this.options.filter(({ text }) => words.every((word) => text.includes(word)));
    this.list.replaceChildren(...this.#items(found));
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.#mark(words.length ? 0 : Math.max(0, found.findIndex(({ option }) => option.value === this.select.value)));
  }

  #items(found) {
    const items = [];
    let group = "";
    for (const { option, group: name } of found) {
      if (name && name !== group) {
        const heading = document.createElement("li");
        Object.assign(heading, { className: "combo-group", textContent: name });
        heading.setAttribute("role", "presentation");
        items.push(heading);
      }
      group = name;
      const item = document.createElement("li");
      Object.assign(item, { id: `${this.id}-${option.value}`, textContent: option.label });
      item.setAttribute("role", "option");
      item.dataset.value = option.value;
      items.push(item);
    }
    if (!found.length) items.push(Object.assign(document.createElement("li"), { className: "combo-group", textContent: this.select.dataset.none }));
    return items;
  }

  #mark(index) {
    const items = [...this.list.querySelectorAll("[role=option]")];
    this.marked = items[Math.min(items.length - 1, Math.max(0, index))];
    for (const item of items) item.setAttribute("aria-selected", String(item === this.marked));
    this.input.setAttribute("aria-activedescendant", this.marked?.id ?? "");
    this.marked?.scrollIntoView({ block: "nearest" });
  }

  #key(event) {
    const items = [...this.list.querySelectorAll("[role=option]")];
    const at = items.indexOf(this.marked);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (this.list.hidden) this.#open("");
      else this.#mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && !this.list.hidden) {
      event.preventDefault();
      if (this.marked) this.#choose(this.marked.dataset.value);
    } else if (event.key === "Escape" && !this.list.hidden) {
      event.preventDefault();
      this.#close();
    }
  }

  #choose(value) {
    const changed = value !== this.select.value;
    this.select.value = value;
    this.#close();
    if (changed) this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.#show();
  }
}
