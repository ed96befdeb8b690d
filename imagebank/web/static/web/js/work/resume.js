/**
 * Which upload a file belongs to, so that it goes on after a reload. What is kept is a hash of the file's own bytes and
 * the upload's random address: neither its name nor anything of its content can be read from it.
 */
const PREFIX = "upload:";
const EDGE = 1 << 20;
const LIFE = 24 * 3600 * 1000;

/** A hash of size, beginning and end; nothing where the browser gives no cryptography (plain http). */
export async function fingerprint(file) {
  if (!globalThis.crypto?.subtle) return null;
  const parts = [file.slice(0, EDGE), file.slice(Math.max(EDGE, file.size - EDGE))];
  const bytes = await new Blob([String(file.size), " ", ...parts]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return PREFIX + [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** {url, deposit} of an upload of this file that was begun here, if it may still go on. */
export function begun(key) {
  forgetOld();
  const kept = key && localStorage.getItem(key);
  return kept ? JSON.parse(kept) : null;
}

export function keep(key, url, deposit) {
  if (key) localStorage.setItem(key, JSON.stringify({ url, deposit, at: Date.now() }));
}

export function forget(key) {
  if (key) localStorage.removeItem(key);
}

function forgetOld() {
  for (const key of Object.keys(localStorage).filter((name) => name.startsWith(PREFIX))) {
    if (Date.now() - JSON.parse(localStorage.getItem(key)).at > LIFE) localStorage.removeItem(key);
  }
}
