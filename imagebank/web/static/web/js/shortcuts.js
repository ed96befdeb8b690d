/** Keys of every page: `/` goes to the search; `j` and `k` move between cards, Enter opens (it is a link). */
function typing(event) {
  return event.target.closest?.("input, select, textarea, clip-player, [contenteditable]") !== null;
}

function move(by) {
  const links = [...document.querySelectorAll(".card h3 a")];
  if (!links.length) return;
  const now = links.indexOf(document.activeElement);
  const next = now < 0 ? (by > 0 ? 0 : links.length - 1) : now + by;
  links[Math.min(links.length - 1, Math.max(0, next))].focus();
}

const KEYS = {
  "/": () => document.querySelector('input[type="search"]')?.focus(),
  j: () => move(1),
  k: () => move(-1),
};

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || typing(event)) return;
    event.preventDefault();
    act();
  });
}
