/** Buttons that print the page; without the script the browser's own menu does. */
export function startPrinting() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}
