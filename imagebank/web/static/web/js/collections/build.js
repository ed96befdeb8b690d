/** Building a collection: notes save themselves, cases move by key, button or drag; forms do the same without this. */
import { fetchPage, swapParts } from "../work/parts.js";
import { listenForDrag } from "./drag.js";

const WAIT = 400;
const timers = new Map();
const status = document.getElementById("saved");

async function send(address, data) {
  status.textContent = status.dataset.saving;
  try {
    const answer = await fetch(address, { method: "POST", body: data, headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!timers.size) status.textContent = told.saved ? status.dataset.saved : told.said.join(" ");
    return told;
  } catch {
    status.textContent = status.dataset.lost;
    return { saved: false, said: [] };
  }
}

/** Waits for a pause, so that ten moves are one message. */
function soon(name, act) {
  clearTimeout(timers.get(name));
  status.textContent = status.dataset.saving;
  timers.set(name, setTimeout(() => { timers.delete(name); act(); }, WAIT));
}

async function saveItem(item) {
  const form = item.querySelector("form");
  const told = await send(form.action, new FormData(form));
  const wrong = item.querySelector(".errors");
  if (wrong) wrong.textContent = told.saved ? "" : told.said.join(" ");
  form.querySelector(`[name^="note-"]`)?.setAttribute("aria-invalid", String(!told.saved));
}

async function freshParts(which) {
  const { page, ok } = await fetchPage(status.dataset.page);
  if (!ok) return;
  for (const part of page.querySelectorAll("[data-part]")) if (!which.includes(part.id)) part.remove();
  swapParts(page);
}

function saveOrder(list) {
  const items = [...list.children];
  items.forEach((item, place) => (item.querySelector(".place").textContent = place + 1));
  soon("order", () => {
    const data = new FormData();
    data.set("order", items.map((item) => item.dataset.item).join(","));
    data.set("csrfmiddlewaretoken", list.querySelector("[name=csrfmiddlewaretoken]").value);
    send(list.dataset.order, data);
  });
}

function move(item, by) {
  const other = by < 0 ? item.previousElementSibling : item.nextElementSibling;
  if (!other) return;
  const focused = document.activeElement;
  if (by < 0) other.before(item);
  else other.after(item);
  focused?.focus();
  item.scrollIntoView({ block: "nearest" });
  saveOrder(item.parentElement);
}

async function takeOut(item) {
  const form = item.querySelector("form");
  const data = new FormData(form);
  data.set("act", "out");
  const list = item.parentElement;
  const told = await send(form.action, data);
  if (!told.saved) return;
  (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button")?.focus();
  item.remove();
  [...list.children].forEach((one, place) => (one.querySelector(".place").textContent = place + 1));
  await freshParts(["balance", "missing"]);
}

const ACTS = { up: (item) => move(item, -1), down: (item) => move(item, 1), out: takeOut };

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".build-acts button");
  if (!button) return;
  event.preventDefault();
  ACTS[button.value](button.closest(".build-item"));
});
document.addEventListener("keydown", (event) => {
  const item = event.target.closest?.(".build-item");
  const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
  if (!item || !by || !event.altKey) return;
  event.preventDefault();
  move(item, by);
});
document.addEventListener("input", (event) => {
  const item = event.target.closest?.(".build-item");
  if (item) soon(item.dataset.item, async () => {
    await saveItem(item);
    if (event.target.name === "clip") await freshParts(["order", "balance"]);
  });
});
document.addEventListener("submit", (event) => {
  const item = event.target.closest?.(".build-item");
  if (!item) return;
  event.preventDefault();
  saveItem(item);
});
window.addEventListener("beforeunload", (event) => timers.size && event.preventDefault());
listenForDrag(saveOrder);
