/** A long <select data-combo> becomes a field that searches as one types (WAI-ARIA combobox with a list). */
import { Listbox, option as listed } from "../listbox.js";

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
    if ("open" in select.dataset && !select.value && matchMedia("(pointer: fine)").matches) this.#begin();
  }

  #build() {
    const { select } = this;
    this.root = document.createElement("div");
    this.root.className = "combo";
    this.input = document.createElement("input");
    Object.assign(this.input, { type: "text", autocomplete: "off", spellcheck: false, id: select.id, placeholder: select.options[0].label });
    this.input.disabled = select.closest("fieldset")?.disabled ?? false;
    this.box = new Listbox(this.input, { id: this.id, className: "combo-list", label: select.options[0].label, choose: (item) => this.#choose(item) });
    select.removeAttribute("id");
    select.hidden = true;
    select.required = false;
    select.after(this.root);
    this.root.append(this.input, this.box.list);
    this.#show();
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.#open(""));
    this.input.addEventListener("input", () => this.#open(this.input.value));
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
  }

  /** Asked for before anything else: one choice answers it. */
  #begin() {
    this.input.focus({ preventScroll: true });
    this.#open("");
  }

  #show() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].label : "";
  }

  #open(typed) {
    const words = fold(typed).split(/\s+/).filter(Boolean);
    const found = this.options.filter(({ text }) => words.every((word) => text.includes(word)));
    this.box.open(this.#items(found));
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
      const item = listed(`${this.id}-${option.value}`, { textContent: option.label });
      item.dataset.value = option.value;
      items.push(item);
    }
    if (!found.length) items.push(Object.assign(document.createElement("li"), { className: "combo-group", textContent: this.select.dataset.none }));
    return items;
  }

  #mark(index) {
    const { options } = this.box;
    this.box.mark(options[Math.min(options.length - 1, Math.max(0, index))]);
  }

  #key(event) {
    const { at, isOpen, marked } = this.box;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!isOpen) this.#open("");
      else this.#mark(at + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && isOpen) {
      if (marked) this.#choose(marked);
    } else if (event.key === "Escape" && isOpen) this.#close();
    else return;
    event.preventDefault();
  }

  #choose({ dataset: { value } }) {
    const changed = value !== this.select.value;
    this.select.value = value;
    this.#close();
    if (changed) this.select.dispatchEvent(new Event("change", { bubbles: true }));
    if (changed && "goes" in this.select.dataset) this.select.form.requestSubmit();
  }

  #close() {
    this.box.close();
    this.#show();
  }
}
