/** The tagging screen: every answer is saved as it is given; findings are answered by keys. */
import { plainKey } from "./keys.js";
import { fetchPage, swapParts, tell } from "./parts.js";

const PAUSE = 350;
const AGAIN = 4000;
const PRESENCE = { p: "present", a: "absent", u: "uncertain", "-": "" };
let saving = Promise.resolve();
let wanted = 0;

/** Set up once for the form; a part that comes later gets its row numbers. */
export function autosave(root) {
  number();
  const form = root.querySelector("#tag-form[data-editable]");
  if (!form) return;
  mark(form);
  let timer;
  const later = (pause) => {
    clearTimeout(timer);
    wanted += 1;
    timer = setTimeout(() => (saving = saving.then(() => save(form, later))), pause);
  };
  form.addEventListener("change", () => later(PAUSE));
  form.addEventListener("input", (event) => event.target.matches("textarea, input[type=text], input:not([type])") && event.target.name && later(PAUSE * 3));
  form.addEventListener("submit", () => clearTimeout(timer));
  form.addEventListener("click", (event) => event.target.closest("[data-rest]") && rest(form));
  document.addEventListener("keydown", (event) => press(event));
}

async function save(form, later) {
  const saved = document.getElementById("saved");
  const now = wanted;
  const data = new FormData(form);
  data.set("act", "save");
  saved.textContent = saved.dataset.saving;
  try {
    const { page, url, ok } = await fetchPage(form.action, { method: "POST", body: data });
    if (page.querySelector("[data-overtaken]")) {
      location.assign(url); // another author was quicker: what stands on this page is not so any more
      return;
    }
    tell(page);
    if (now !== wanted) return; // a newer answer is on its way
    const told = page.getElementById("saved");
    if (!told) {
      saved.textContent = `${saved.dataset.failed} ${page.querySelector("h1")?.textContent ?? ""}`;
      saved.className = "unsaved small";
      return;
    }
    if (ok) clearExtra(form);
    swapParts(page);
    mark(form);
    saved.className = told.className;
    saved.textContent = ok ? `${told.textContent} ${clock()}` : told.textContent;
  } catch {
    saved.textContent = saved.dataset.offline;
    later(AGAIN);
  }
}

function clock() {
  return new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
}

/** Fields that were refused say so to those who do not see the sentence beside them. */
function mark(form) {
  for (const wrong of form.querySelectorAll(".wrong-at")) {
    form.elements[wrong.id.slice("wrong-".length)]?.setAttribute?.("aria-invalid", String(wrong.childElementCount > 0));
  }
}

function clearExtra(form) {
  const extra = form.elements.extra;
  if (extra?.value) extra.value = "";
}

/** Rows of the group in use carry the numbers 1 to 9. */
function number() {
  const rows = [...document.querySelectorAll(".asks[open] .ask")];
  const active = document.activeElement?.closest?.(".asks") ?? rows[0]?.closest(".asks");
  let next = 1;
  for (const row of document.querySelectorAll(".ask")) {
    const mine = row.closest(".asks") === active && next <= 9;
    row.dataset.number = mine ? next : "";
    row.querySelector(".ask-key").textContent = mine ? next : "";
    if (mine) next += 1;
  }
}

/** All targets that are not answered yet become absent. */
function rest(form) {
  for (const row of form.querySelectorAll('[data-slot="target"] .ask')) {
    if (row.querySelector('input[type=radio][value=""]').checked) row.querySelector('input[value="absent"]').checked = true;
  }
  form.dispatchEvent(new Event("change"));
}

function press(event) {
  if (!plainKey(event) || event.target.closest?.("clip-player")) return;
  const row = document.activeElement?.closest?.(".ask");
  if (/^[1-9]$/.test(event.key)) focusRow(document.querySelector(`.ask[data-number="${event.key}"]`), event);
  else if (row && event.key in PRESENCE) answer(row, PRESENCE[event.key], event);
  else if (row && (event.key === "ArrowDown" || event.key === "ArrowUp") && event.target === row) focusRow(neighbour(row, event.key === "ArrowDown" ? 1 : -1), event);
}

function focusRow(row, event) {
  if (!row) return;
  event.preventDefault();
  row.closest("details").open = true;
  row.focus();
  number();
}

function answer(row, value, event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  row.querySelector(`input[type=radio][value="${value}"]`).click();
  const severity = row.querySelector("select[name^=severity]");
  if (value === "present" && severity) severity.focus();
  else neighbour(row, 1)?.focus();
  number();
}

function neighbour(row, by) {
  const rows = [...document.querySelectorAll(".asks[open] .ask")];
  return rows[rows.indexOf(row) + by];
}
