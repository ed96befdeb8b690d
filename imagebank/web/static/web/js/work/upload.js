/**
 * Sends files one after the other into a deposit, with progress for each; a broken line is tried again.
 *
 * A file's own name may hold a patient's name: it stays in this page's memory beside the row, and is never sent.
 */
import { fetchPage, refresh, say, showPage } from "./parts.js";

const TRIES = 4;
const WAIT = 2000;
const names = new Map();
const queue = [];
let running = false;

export function sending() {
  return running || queue.length > 0;
}

/** The local names beside the neutral ones. */
export function showNames(root) {
  const deposit = document.getElementById("files")?.dataset.deposit;
  for (const place of root.querySelectorAll(".local[data-number]")) place.textContent = names.get(`${deposit}/${place.dataset.number}`) ?? "";
}

export function uploads() {
  document.addEventListener("change", (event) => {
    if (!event.target.matches?.("#files.picker, #folder")) return;
    give([...event.target.files]);
    event.target.value = "";
  });
  for (const kind of ["dragenter", "dragover"]) {
    document.addEventListener(kind, (event) => {
      if (!document.getElementById("drop")) return;
      event.preventDefault();
      document.getElementById("drop").classList.add("over");
    });
  }
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.getElementById("drop")?.classList.remove("over");
  });
  document.addEventListener("drop", async (event) => {
    if (!document.getElementById("drop")) return;
    event.preventDefault();
    document.getElementById("drop").classList.remove("over");
    give(await dropped(event.dataTransfer));
  });
  window.addEventListener("beforeunload", (event) => sending() && event.preventDefault());
}

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

async function give(files) {
  const form = document.getElementById("give-form");
  const wanted = files.filter((file) => !file.name.startsWith("."));
  if (!wanted.length) return;
  if (!form.elements.attest.checked) {
    say(document.getElementById("drop").dataset.attest);
    form.elements.attest.focus();
    return;
  }
  const data = new FormData(form);
  data.delete("file");
  const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" } });
  const told = await answer.json();
  if (!answer.ok) {
    say(told.errors.join(" "));
    return;
  }
  const token = data.get("csrfmiddlewaretoken");
  const { page, url } = await fetchPage(told.address);
  showPage(page, url);
  queue.push(...wanted.map((file) => ({ file, row: progressRow(file), deposit: told.id, address: `${told.address}files/`, token })));
  run();
}

function progressRow(file) {
  const row = document.createElement("div");
  row.className = "sending";
  const name = document.createElement("span");
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.className = "progress";
  bar.max = Math.max(1, file.size);
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(name, bar);
  document.getElementById("uploads").append(row);
  return row;
}

async function run() {
  if (running) return;
  running = true;
  while (queue.length) await sendWithPatience(queue[0]).finally(() => queue.shift());
  running = false;
}

async function sendWithPatience(job) {
  for (let tried = 1; ; tried += 1) {
    try {
      const told = await send(job);
      for (const file of told.files) names.set(`${job.deposit}/${file.number}`, job.file.name);
      job.row.remove();
      await refresh();
      return;
    } catch (problem) {
      if (problem.final || tried === TRIES) {
        job.row.classList.add("lost");
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, WAIT * tried));
    }
  }
}

function send(job) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const data = new FormData();
    data.append("file", job.file, "file");
    request.open("POST", job.address);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRFToken", job.token);
    request.upload.onprogress = (event) => {
      job.row.querySelector("progress").value = Math.min(job.file.size, event.loaded);
    };
    request.onerror = () => reject({ final: false });
    request.onload = () => (request.status === 201 ? resolve(JSON.parse(request.responseText)) : reject({ final: request.status < 500 }));
    request.send(data);
  });
}
