/** Before and after in one place: a slider between them, and a flicker by button or key. */
export function compare(root) {
  for (const box of root.querySelectorAll("[data-compare]:has(.after)")) enhance(box);
}

function enhance(box) {
  const slider = box.querySelector("input[type=range]");
  const flicker = box.querySelector("[data-flicker]");
  const after = box.querySelector(".after").closest("figure");
  const place = () => after.style.setProperty("--from", `${slider.value}%`);
  box.classList.add("joined");
  slider.addEventListener("input", () => {
    box.classList.remove("flicked");
    flicker.setAttribute("aria-pressed", "false");
    place();
  });
  flicker.addEventListener("click", () => {
    const on = !box.classList.contains("flicked");
    box.classList.toggle("flicked", on);
    flicker.setAttribute("aria-pressed", String(on));
  });
  place();
}
