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
  t: (player) => player.openTools(),
  z: (player) => player.closer(1),
  Z: (player) => player.closer(-1),
  "Shift+ArrowLeft": (player) => player.stage.move(MOVE, 0),
  "Shift+ArrowRight": (player) => player.stage.move(-MOVE, 0),
  "Shift+ArrowUp": (player) => player.stage.move(0, MOVE),
  "Shift+ArrowDown": (player) => player.stage.move(0, -MOVE),
  g: (player) => player.tools.look("bright", 1),
  G: (player) => player.tools.look("bright", -1),
  d: (player) => player.tools.look("contrast", 1),
  D: (player) => player.tools.look("contrast", -1),
  0: (player) => player.tools.reset(),
  m: (player) => player.measure.toggle("distance"),
  M: (player) => player.measure.toggle("area"),
  o: (player) => player.showMarks(),
};
const MOVE = 40;

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
  if (event.target.matches?.("[data-look], [data-end]") && event.key.startsWith("Arrow")) return false;
  const act = KEYS[event.shiftKey && event.key.startsWith("Arrow") ? `Shift+${event.key}` : event.key];
  if (!act || onButton || event.ctrlKey || event.metaKey || event.altKey) return false;
  act(player);
  event.preventDefault();
  event.stopPropagation();
  return true;
}
