/** The sheet of filters on a phone: it holds the focus while it is open, and closes by Escape and by drawing it down. */
const NARROW = matchMedia("(max-width: 899px)");
const FAR = 90;

const sheet = () => document.getElementById("filters");
const opener = () => document.getElementById("filters-open");

export function sheetIsOpen() {
  return location.hash === "#filters" && NARROW.matches;
}

/** The address of the open sheet gives way to that of the list: going back does not open it again. */
export function closeSheet() {
  if (sheetIsOpen()) location.replace("#results");
}

export function holdSheet() {
  if (!sheet()) return;
  window.addEventListener("hashchange", follow);
  NARROW.addEventListener("change", follow);
  document.addEventListener("keydown", (event) => event.key === "Escape" && closeSheet());
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".filters-close a")) return;
    event.preventDefault();
    closeSheet();
  });
  drawDown();
  follow();
}

/** Everything but the sheet is out of reach while it is open; afterwards the focus is where it came from. */
function follow() {
  const open = sheetIsOpen();
  const was = sheet().getAttribute("role") === "dialog";
  if (open === was) return;
  for (const other of beside(sheet())) other.inert = open;
  if (open) {
    sheet().setAttribute("role", "dialog");
    sheet().setAttribute("aria-modal", "true");
    sheet().querySelector(".filters-close a").focus();
  } else {
    sheet().removeAttribute("role");
    sheet().removeAttribute("aria-modal");
    if (NARROW.matches) opener().focus();
  }
}

function beside(element) {
  const found = [];
  for (let one = element; one !== document.body; one = one.parentElement) found.push(...[...one.parentElement.children].filter((other) => other !== one && other.tagName !== "SCRIPT"));
  return found;
}

/** The head of the sheet follows the finger; let go far enough down it closes. */
function drawDown() {
  let from = null;
  const moved = (event) => Math.max(0, event.clientY - from);
  document.addEventListener("pointerdown", (event) => {
    if (!sheetIsOpen() || !event.target.closest?.(".filters-close") || event.target.closest("a")) return;
    from = event.clientY;
    event.target.setPointerCapture?.(event.pointerId);
  });
  document.addEventListener("pointermove", (event) => {
    if (from !== null) sheet().style.translate = `0 ${moved(event)}px`;
  });
  for (const name of ["pointerup", "pointercancel"]) document.addEventListener(name, (event) => {
    if (from === null) return;
    const far = name === "pointerup" && moved(event) > FAR;
    from = null;
    sheet().style.translate = "";
    if (far) closeSheet();
  });
}
