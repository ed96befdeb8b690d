/** Dragging a case by its number; where it is dropped it stays. */
export function listenForDrag(done) {
  let held = null;
  document.addEventListener("dragstart", (event) => {
    held = event.target.closest?.(".place")?.closest(".build-item") ?? null;
    if (!held) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setDragImage(held, 16, 16);
    held.classList.add("held");
  });
  document.addEventListener("dragover", (event) => {
    const over = event.target.closest?.(".build-item");
    if (!held || !over) return;
    event.preventDefault();
    if (over === held) return;
    const { top, height } = over.getBoundingClientRect();
    if (event.clientY < top + height / 2) over.before(held);
    else over.after(held);
  });
  document.addEventListener("dragend", () => {
    if (!held) return;
    held.classList.remove("held");
    done(held.parentElement);
    held = null;
  });
}
