/** While the machine works on a deposit the page keeps itself fresh; it rests when nothing is on its way. */
import { fetchPage, swapParts } from "./parts.js";
import { sending } from "./upload.js";

const EVERY = 1200;

async function look() {
  const files = document.getElementById("files");
  if (files && !document.hidden && (files.hasAttribute("data-working") || sending())) {
    try {
      const { page, ok } = await fetchPage(location.href);
      if (ok) swapParts(page);
    } catch {
      // the line is down: the next look tries again
    }
  }
  setTimeout(look, EVERY);
}

export function keepLive() {
  setTimeout(look, EVERY);
}
