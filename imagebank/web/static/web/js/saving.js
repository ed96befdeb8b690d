/** Low-data mode: the reader's choice, else what the browser says. Kept on this device only. */
const NAME = "low-data";

export function lowData() {
  const chosen = localStorage.getItem(NAME);
  return chosen === null ? navigator.connection?.saveData === true : chosen === "yes";
}

export function setLowData(yes) {
  localStorage.setItem(NAME, yes ? "yes" : "no");
}

export const still = matchMedia("(prefers-reduced-motion: reduce)");
