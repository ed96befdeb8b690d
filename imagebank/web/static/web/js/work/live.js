/** While the machine works on a deposit the page keeps itself fresh; it rests when nothing is on its way. */
import { refresh } from "./parts.js";
import { sending } from "./upload.js";

const EVERY = 1200;

async function look() {
  const files = document.getElementById("files");
  if (files && !document.hidden && (files.hasAttribute("data-working") || sending())) {
    await refresh();
  }
  setTimeout(look, EVERY);
}

export function keepLive() {
  setTimeout(look, EVERY);
}
