/** Forms with `data-quick` and links with `data-quick-link`: sent without leaving the page. */
import { fetchPage, swapParts, tell } from "./parts.js";

let busy = false;

async function go(address, options, keepAddress) {
  if (busy) return;
  busy = true;
  document.body.dataset.busy = "";
  try {
    const { page, url } = await fetchPage(address, options);
    if (!page.querySelector("[data-part]")) {
      location.assign(url);
      return;
    }
    tell(page);
    history.replaceState(null, "", keepAddress ? address : url);
    if (swapParts(page).includes("stage-part")) document.getElementById("look-name")?.focus({ preventScroll: true });
  } catch {
    location.assign(options.method ? location.href : address); // let the browser show what is wrong
  } finally {
    busy = false;
    delete document.body.dataset.busy;
  }
}

/** Nobody confirms a picture that is not there yet. */
function seen(form) {
  if (!form.hasAttribute("data-needs-picture")) return true;
  return [...form.closest(".look").querySelectorAll(".compare img")].every((image) => image.complete && image.naturalWidth > 0);
}

export function quickForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-quick")) return;
    event.preventDefault();
    if (seen(form)) go(form.action, { method: "POST", body: new FormData(form, event.submitter) });
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("[data-quick-link]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    go(link.href, {}, true);
    document.getElementById("stage-part")?.scrollIntoView({ block: "start" });
  });
}
