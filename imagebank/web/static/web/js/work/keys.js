/** Keys of a page: an element with `data-key` is pressed by that key. A key held down presses once. */
export function typing(event) {
  return event.target.closest?.("textarea, select, [contenteditable], [role=combobox], input:not([type=radio], [type=checkbox], [type=range])");
}

export function plainKey(event) {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && !event.defaultPrevented && !typing(event);
}

export function listenForKeys() {
  document.addEventListener("keydown", (event) => {
    if (!plainKey(event) || document.querySelector("dialog[open]")) return;
    if (event.key === "Enter" && event.target.closest?.("a, button, summary")) return;
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(event.key)}"]`)].find((element) => element.checkVisibility());
    if (!found || found.disabled) return;
    event.preventDefault();
    if (wantsComment(found)) document.getElementById("comment").focus();
    else found.click();
  });
}

function wantsComment(button) {
  return button.hasAttribute("data-wants-comment") && !document.getElementById("comment").value.trim();
}
