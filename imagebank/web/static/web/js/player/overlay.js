/** Drawings over the picture, in pixels of the stage: strokes and letters keep their size however far one zooms in. */
const SVG = "http://www.w3.org/2000/svg";

export function shape(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** A layer on the stage; `draw` gives its shapes and runs again whenever the picture lies elsewhere. */
export function layer(stage, name, draw) {
  const svg = shape("svg", { class: `player-layer ${name}`, "aria-hidden": "true" });
  stage.root.append(svg);
  const redraw = () => svg.replaceChildren(...draw());
  stage.watch(redraw);
  return { svg, redraw };
}
