/** A list of choices under a field (WAI-ARIA combobox with a listbox): what it says of itself, and which one is marked. */
export class Listbox {
  constructor(input, { id, className, label = "", choose }) {
    this.input = input;
    this.list = Object.assign(document.createElement("ul"), { id, className, hidden: true });
    this.list.setAttribute("role", "listbox");
    this.list.setAttribute("aria-label", label);
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": id, "aria-autocomplete": "list" })) input.setAttribute(name, value);
    this.list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // the field keeps the focus
      const option = event.target.closest("[role=option]");
      if (option) choose(option);
    });
  }

  get options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  /** Place of the marked one; -1: none. */
  get at() {
    return this.options.indexOf(this.marked);
  }

  get isOpen() {
    return !this.list.hidden;
  }

  open(items) {
    this.list.replaceChildren(...items);
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark(undefined);
  }

  mark(option) {
    this.marked = option;
    for (const one of this.options) one.setAttribute("aria-selected", String(one === option));
    if (option) this.input.setAttribute("aria-activedescendant", option.id);
    else this.input.removeAttribute("aria-activedescendant");
    option?.scrollIntoView({ block: "nearest" });
  }

  close() {
    this.mark(undefined);
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
  }
}

/** An option of such a list. */
export function option(id, properties = {}) {
  const item = Object.assign(document.createElement("li"), { id, ...properties });
  item.setAttribute("role", "option");
  return item;
}
