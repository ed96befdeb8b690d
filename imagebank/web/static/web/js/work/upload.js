/**
 * Files that are dropped or chosen go into a deposit; each shows how far it is among the files of the deposit.
 *
 * A file's own name may hold a patient's name: it stays in this page's memory beside the row, and is never sent.
 */
import { fetchPage, refresh, say, showPage } from "./parts.js";
import { begun, fingerprint } from "./resume.js";
import { add, again, all, drop, idOf, jobOf, pause, paused, sending, watch } from "./sender.js";

export { sending };

const names = new Map();

/** What this page alone knows of the rows: local names, and how far what is sent now has come. */
export function showNames(root) {
  for (const place of root.querySelectorAll("[data-local]")) place.textContent = names.get(place.dataset.local) ?? "";
  for (const job of all()) progress(job);
}

export function uploads() {
  watch(changed);
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#pick, #folder")) return;
    give([...event.target.files]);
    event.target.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (!zone()) return;
      event.preventDefault();
      zone().classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) zone()?.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    if (!zone()) return;
    event.preventDefault();
    zone().classList.remove("over");
    give(await dropped(event.dataTransfer));
  });
  document.addEventListener("submit", (event) => {
    const job = jobOf(event.target.dataset.ends);
    if (job) drop(job);
  });
  window.addEventListener("beforeunload", (event) => sending() && event.preventDefault());
}

const zone = () => document.getElementById("drop");

/** Files of a drop, those in folders included. */
async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files];
  return (await Promise.all(entries.map(filesOf))).flat();
}

async function filesOf(entry) {
  if (entry.isFile) return [await new Promise((resolve, reject) => entry.file(resolve, reject))];
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!some.length) break;
    found.push(...some);
  }
  return (await Promise.all(found.map(filesOf))).flat();
}

/** Files that were begun before go on where they stood; the others go into the deposit shown, or into a new one. */
async function give(files) {
  const wanted = await Promise.all(files.filter((file) => !file.name.startsWith(".")).map(recognized));
  if (!wanted.length) return;
  const fresh = wanted.filter(({ old }) => !old);
  const into = zone().dataset.deposit ?? (fresh.length ? await opened() : wanted[0].old.deposit);
  if (!into) return;
  if (!zone()?.dataset.deposit) {
    const { page, url } = await fetchPage(`/contribute/${into}/`);
    showPage(page, url);
  }
  const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
  for (const { file, key, old } of wanted) add({ file, key, token, deposit: old?.deposit ?? into, url: old?.url, address: zone().dataset.library });
  changed();
}

async function recognized(file) {
  const key = await fingerprint(file);
  const old = begun(key);
  return { file, key, old: old && !jobOf(idOf(old.url)) ? old : null };
}

/** The id of a new deposit under the rights of the form; nothing when it is refused. */
async function opened() {
  const form = document.getElementById("give-form");
  if (!form.elements.attest.checked) {
    say(zone().dataset.attest);
    form.elements.attest.focus();
    return null;
  }
  const data = new FormData(form);
  data.delete("file");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) say(told.errors.join(" "));
  return answer.ok ? told.id : null;
}

/** One job has news; the page is asked again when its row is to come, and when it is done. */
function changed(job) {
  if (job?.id) {
    names.set(job.id, job.file.name);
    if (!job.listed || !all().includes(job)) refresh();
    job.listed = true;
    progress(job);
  }
  showQueue();
}

function progress(job) {
  const row = job.id && document.querySelector(`[data-upload="${job.id}"]`);
  if (!row) return false;
  row.querySelector("progress").value = job.sent;
  row.querySelector("[data-idle]").hidden = job.state === "going" && !paused();
  return true;
}

/** What has no row of its own yet, what went wrong, and one button for all that is under way. */
function showQueue() {
  const place = document.getElementById("queue");
  if (!place) return;
  const shown = all().filter((job) => job.state !== "going");
  place.replaceChildren(...(sending() ? [pauseButton()] : []), ...shown.map(line));
}

function pauseButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button quiet", textContent: paused() ? zone().dataset.goOn : zone().dataset.pause });
  button.addEventListener("click", () => pause(!paused()));
  return button;
}

function line(job) {
  const row = document.createElement("p");
  row.className = job.state === "waiting" ? "sending" : "sending lost";
  const said = { waiting: paused() ? zone().dataset.paused : zone().dataset.waits, broken: zone().dataset.broken, refused: job.problem }[job.state];
  const words = Object.assign(document.createElement("span"), { textContent: `${job.file.name}: ${said}` });
  row.append(words);
  if (job.state !== "waiting") {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button plain", textContent: zone().dataset.again });
    button.addEventListener("click", () => again(job));
    row.append(button);
  }
  return row;
}
