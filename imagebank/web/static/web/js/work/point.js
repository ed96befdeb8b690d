/** A reader's comment points at the frame that is shown, and at a place in it. */
export function pointing() {
  const box = document.querySelector("[data-pointing]");
  if (!box) return;
  const field = (name) => box.querySelector(`[name=${name}]`);
  const [shown, image, circle] = ["svg", "image", "circle"].map((part) => box.querySelector(part));
  let last = null;
  document.addEventListener("frame", (event) => (last = event.target.closest("[data-clip]") ?? last), true);

  function draw() {
    const { width, height } = shown.viewBox.baseVal;
    const [x, y] = field("point").value.split(",").map(Number);
    circle.setAttribute("r", field("point").value ? Math.max(8, width / 32) : 0);
    circle.setAttribute("cx", x * width);
    circle.setAttribute("cy", (y || 0) * height);
  }

  function take(part) {
    const player = part.querySelector("clip-player");
    const film = player.querySelector(":is(video, img)");
    const [width, height] = ["width", "height"].map((name) => film.getAttribute(name));
    player.rest();
    field("clip").value = part.dataset.clip;
    field("frame").value = player.frame;
    field("point").value = "";
    shown.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const [name, value] of Object.entries({ width, height, href: player.dataset.frameBase.replace("{n}", player.frame) })) image.setAttribute(name, value);
    shown.parentElement.hidden = false;
    draw();
  }

  box.querySelector("[data-take-frame]").addEventListener("click", () => {
    const clips = [...document.querySelectorAll("[data-clip]")];
    take(last ?? clips.find((part) => part.dataset.clip === field("clip").value) ?? clips[0]);
  });
  shown.addEventListener("click", (event) => {
    const { left, top, width, height } = shown.getBoundingClientRect();
    field("point").value = [(event.clientX - left) / width, (event.clientY - top) / height].map((part) => Math.min(1, Math.max(0, part)).toFixed(3)).join(",");
    draw();
  });
}
