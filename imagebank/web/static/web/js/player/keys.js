/** What each key does in the player. */
const KEYS = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  ArrowLeft: (player) => player.step(-1),
  ArrowRight: (player) => player.step(1),
  ",": (player) => player.step(-1),
  ".": (player) => player.step(1),
  Home: (player) => player.show(0),
  End: (player) => player.show(Infinity),
  "-": (player) => player.faster(-1),
  "+": (player) => player.faster(1),
  "=": (player) => player.faster(1),
  "[": (player) => player.loopFrom(),
  "]": (player) => player.loopTo(),
  "\\": (player) => player.loopAll(),
  f: (player) => player.fullScreen(),
};

const OTHERS = "a, button, input, select, textarea, summary, dialog, details[open].menu, [contenteditable], [role=option], clip-player";
const SCROLL = ["Home", "End"];
const LISTS = ["j", "k"];

/** The same for a key that nothing else on the page wants. The page keeps Home, End and what moves in lists. */
export function pressOnPage(player, event) {
  const taken = event.defaultPrevented || event.target.closest?.(OTHERS) || document.querySelector("dialog[open], .menu[open]");
  if (taken || (event.shiftKey && event.key === " ") || [...SCROLL, ...LISTS].includes(event.key)) return false;
  return press(player, event);
}

/** Runs the act of a key; true when the key was ours. Space on a button stays the button's. */
export function press(player, event) {
  const onButton = event.target instanceof HTMLButtonElement && event.key === " ";
  const act = KEYS[event.key];
  if (!act || onButton || event.ctrlKey || event.metaKey || event.altKey) return false;
  act(player);
  event.preventDefault();
  event.stopPropagation();
  return true;
}
