/** Stars: one tap without leaving the page. Where it fails, the form is sent as it would be without this. */
export function listenForStars() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest?.("[data-star]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    const headers = { Accept: "application/json" };
    const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers }).catch(() => null);
    if (answer?.status !== 204) return form.submit();
    const on = button.getAttribute("aria-pressed") !== "true";
    for (const other of document.querySelectorAll("[data-star]")) if (other.elements.case.value === form.elements.case.value) show(other, on);
  });
}

function show(form, on) {
  form.querySelector("button").setAttribute("aria-pressed", String(on));
  form.elements.on?.remove();
  if (on) return;
  form.append(Object.assign(document.createElement("input"), { type: "hidden", name: "on", value: "1" }));
}
