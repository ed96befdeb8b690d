/** Moving posters: on hover with a mouse, by the small button with a finger or the keyboard. */
import { lowData, still } from "./saving.js";

function start(stage) {
  if (stage.querySelector("video")) return;
  const video = document.createElement("video");
  Object.assign(video, { muted: true, loop: true, playsInline: true, src: stage.dataset.moving });
  video.setAttribute("aria-hidden", "true");
  video.addEventListener("playing", () => video.classList.add("on"), { once: true });
  video.addEventListener("error", () => stop(stage), { once: true });
  stage.querySelector("img").after(video);
  video.play().catch(() => {});
  stage.querySelector(".preview")?.setAttribute("aria-pressed", "true");
}

function stop(stage) {
  stage.querySelector("video")?.remove();
  stage.querySelector(".preview")?.setAttribute("aria-pressed", "false");
}

function stopOthers(stage) {
  for (const other of document.querySelectorAll("[data-moving]:has(video)")) if (other !== stage) stop(other);
}

/** Listens once for the whole page, so that cards which come later move too. */
export function moveCards() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "mouse" || still.matches) return;
    const card = event.target.closest?.(".card, .mosaic li");
    const stage = card?.querySelector("[data-moving]");
    if (stage) {
      stopOthers(stage);
      start(stage);
    } else stopOthers(document.querySelector("[data-starts]"));
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.(".preview");
    if (!button) return;
    const stage = button.closest("[data-moving]");
    const moving = stage.querySelector("video");
    stopOthers(stage);
    if (moving) stop(stage);
    else start(stage);
  });
  const first = document.querySelector("[data-starts]");
  if (first && !still.matches && !lowData()) start(first);
  for (const button of document.querySelectorAll(".preview[hidden]")) button.hidden = false;
}
