/** Facets and order without reloading: the same address is fetched, its parts are put in place, and it becomes the address. */
const PARTS = ["results", "filters", "chosen"];
let latest = 0;

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
  document.getElementById(focused)?.focus({ preventScroll: true });
  for (const button of document.querySelectorAll(".preview[hidden]")) button.hidden = false;
}

function keepFolds(old, fresh) {
  for (const fold of old.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`#${fold.id}`);
    if (same) same.open = fold.open;
  }
}

async function go(address, push) {
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
  } catch {
    location.assign(address); // let the browser show what is wrong
  } finally {
    if (mine === latest) delete results.dataset.busy;
  }
}

function inSheet() {
  return location.hash === "#filters";
}

/** Makes the browse page answer at once; does nothing elsewhere. */
export function quickBrowse() {
  const form = document.getElementById("browse-form");
  if (!form) return;
  document.addEventListener("change", (event) => {
    if (event.target.form === form && event.target.type !== "search") go(addressOf(form) + (inSheet() ? "#filters" : ""), true);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(addressOf(form), true);
    if (inSheet()) location.hash = "results";
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && inSheet()) location.hash = "results";
  });
  let shown = location.search;
  window.addEventListener("popstate", () => {
    if (location.search !== shown) go(location.href, false);
    shown = location.search;
  });
}
