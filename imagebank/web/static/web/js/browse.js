/**
 * Facets, chips, order and paging without reloading: the same address is fetched, its parts are put in place, and it
 * becomes the address.
 */
import { closeSheet, sheetIsOpen } from "./sheet.js";

const PARTS = ["results", "filters", "chosen", "filters-open", "browse-form"];
const FIELDS = ["q", "order", "hide"];
const LINKS = "#chosen a.chip, #results .pager a, #results .empty a";
let latest = 0;
let shown = location.search;

function addressOf(form) {
  const usual = form.elements.order.options[0].value;
  const data = [...new FormData(form)].filter(([name, value]) => value !== "" && !(name === "order" && value === usual));
  const query = new URLSearchParams(data).toString();
  return query ? `${form.action.split("?")[0]}?${query}` : form.action.split("?")[0];
}

function replace(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const focused = document.activeElement?.id;
  for (const part of PARTS) {
    const old = document.getElementById(part);
    const fresh = page.getElementById(part);
    keepFolds(old, fresh);
    old.replaceChildren(...fresh.childNodes);
  }
  document.title = page.title;
  for (const id of FIELDS) adopt(document.getElementById(id), page.getElementById(id));
  (document.getElementById(focused) ?? document.getElementById("results")).focus({ preventScroll: true });
  for (const button of document.querySelectorAll(".preview[hidden]")) button.hidden = false;
}

/** A field outside of the parts shows what the address says, unless somebody is just typing there. */
function adopt(field, fresh) {
  if (field === document.activeElement) return;
  field.value = fresh.value;
  field.checked = fresh.checked;
}

function keepFolds(old, fresh) {
  for (const fold of old.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`#${fold.id}`);
    if (same) same.open = fold.open;
  }
}

async function go(address, push, toTop = false) {
  const mine = (latest += 1);
  const results = document.getElementById("results");
  results.dataset.busy = "";
  try {
    const answer = await fetch(address, { headers: { Accept: "text/html" } });
    const text = await answer.text();
    if (mine !== latest) return;
    if (!answer.ok) throw new Error(String(answer.status));
    if (push) history.pushState(null, "", address);
    replace(text);
    shown = location.search;
    if (toTop) document.getElementById("results").scrollIntoView();
  } catch {
    location.assign(address); // let the browser show what is wrong
  } finally {
    if (mine === latest) delete results.dataset.busy;
  }
}

/** Makes the browse page answer at once; does nothing elsewhere. */
export function quickBrowse() {
  const form = document.getElementById("browse-form");
  if (!form) return;
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.type !== "search") go(addressOf(form) + (sheetIsOpen() ? "#filters" : ""), true);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(addressOf(form), true);
    closeSheet();
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(LINKS);
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || new URL(link.href).pathname !== location.pathname) return;
    event.preventDefault();
    go(link.href, true, Boolean(link.closest(".pager")));
  });
  window.addEventListener("popstate", () => {
    if (location.search !== shown) go(location.href, false);
  });
}
