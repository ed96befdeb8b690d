/** Live parts of a page: elements with `data-part` and an id are taken from a fresh copy of the page, the rest stays. */
const enhancers = [];

/** Runs `enhance` on the page now and on every part that comes later. */
export function whenParts(enhance) {
  enhancers.push(enhance);
  enhance(document);
}

/** The page behind an address as a document, with the address it ended at. */
export async function fetchPage(address, options = {}) {
  const answer = await fetch(address, { ...options, headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return { page, url: answer.url, ok: answer.ok };
}

/** Puts every part that differs in place; one with an equal stamp is left alone. Returns the ids of those replaced. */
export function swapParts(page) {
  const replaced = [];
  for (const fresh of page.querySelectorAll("[data-part]")) {
    const old = document.getElementById(fresh.id);
    if (!old || same(old, fresh)) continue;
    const imported = document.importNode(fresh, true);
    old.replaceWith(imported);
    for (const enhance of enhancers) enhance(imported);
    replaced.push(fresh.id);
  }
  return replaced;
}

/** The whole content of another page of ours, without losing what this one keeps in memory. */
export function showPage(page, url) {
  history.pushState(null, "", url);
  document.title = page.title;
  const main = document.importNode(page.getElementById("main"), true);
  document.getElementById("main").replaceWith(main);
  for (const enhance of enhancers) enhance(main);
}

/** What the fresh page says happened. */
export function tell(page) {
  const said = document.getElementById("said");
  if (said) said.replaceChildren(...[...page.querySelectorAll("main > .frame > .banner, #said > .banner")].map((note) => document.importNode(note, true)));
}

/** A sentence of our own. */
export function say(text) {
  const note = document.createElement("p");
  note.className = "banner bad";
  note.textContent = text;
  document.getElementById("said")?.replaceChildren(note);
}

function same(old, fresh) {
  if (fresh.dataset.stamp !== undefined) return old.dataset.stamp === fresh.dataset.stamp;
  return old.innerHTML === fresh.innerHTML;
}

/** The parts of this page as they are now; when the line is down they stay as they were. */
export async function refresh() {
  try {
    const { page, ok } = await fetchPage(location.href);
    if (ok) swapParts(page);
  } catch {
    // the next look tries again
  }
}
