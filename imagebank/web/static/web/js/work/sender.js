/** Files on their way by tus: a few at a time, each goes on where the line broke, all can be paused. */
import { forget, keep } from "./resume.js";

const AT_ONCE = 2;
const CHUNK = 8 << 20;
const DELAYS = [0, 1000, 3000, 5000, 10000, 20000];
const jobs = [];
let library = null;
let changed = () => {};
let stopped = false;

/** `listen` is called with a job whenever something about it is new; without one when the whole is. */
export function watch(listen) {
  changed = listen;
  addEventListener("online", () => jobs.filter((job) => job.state === "broken").forEach(again));
}

export const all = () => jobs;
export const paused = () => stopped;
export const sending = () => jobs.some((job) => job.state === "waiting" || job.state === "going");

/** `file` into `deposit`; `url` of an upload that was begun before. */
export function add({ file, deposit, token, key, url, address }) {
  const job = { file, deposit, token, key, url: url ?? null, id: idOf(url), state: "waiting", sent: 0, problem: "" };
  Object.assign(job, { library: address, once: Array.from(crypto.getRandomValues(new Uint32Array(4))).join("-") });
  jobs.push(job);
  next();
}

export function pause(on) {
  stopped = on;
  for (const job of jobs.filter(({ state, upload }) => state === "going" && upload)) {
    if (on) hold(job);
    else if (job.held) go(job);
  }
  changed();
  next();
}

/** One that is just being announced is held as soon as its address is known. */
function hold(job) {
  if (!job.url) return;
  job.held = true;
  job.upload.abort();
}

function go(job) {
  job.held = false;
  job.upload.start();
}

export function again(job) {
  Object.assign(job, { state: "waiting", problem: "" });
  changed(job);
  next();
}

/** It is given up, or nobody wants to see any more that it went wrong. */
export function drop(job) {
  job.upload?.abort();
  remove(job);
  forget(job.key);
  next();
}

/** The last part of an upload's address, which the file keeps. */
export const idOf = (url) => (url ? new URL(url, location.href).pathname.split("/").filter(Boolean).pop() : null);
export const jobOf = (id) => jobs.find((job) => job.id === id);

function remove(job) {
  jobs.splice(jobs.indexOf(job), 1);
}

async function next() {
  const going = jobs.filter(({ state }) => state === "going").length;
  const waiting = stopped ? [] : jobs.filter(({ state }) => state === "waiting").slice(0, Math.max(0, AT_ONCE - going));
  for (const job of waiting) job.state = "going";
  for (const job of waiting) {
    library ??= import(job.library);
    await library;
    start(job);
  }
}

function start(job) {
  job.upload = new globalThis.tus.Upload(job.file, {
    endpoint: "/uploads/", // a place that was lost is made anew
    uploadUrl: job.url,
    chunkSize: CHUNK,
    retryDelays: DELAYS,
    metadata: { deposit: job.deposit },
    headers: { "X-CSRFToken": job.token, "Idempotency-Key": job.once },
    storeFingerprintForResuming: false,
    onUploadUrlAvailable: () => known(job),
    onProgress: (sent) => {
      job.sent = sent;
      changed(job);
    },
    onSuccess: () => {
      remove(job);
      forget(job.key);
      changed(job);
      next();
    },
    onError: (error) => failed(job, error),
  });
  job.upload.start();
}

function known(job) {
  job.url = job.upload.url;
  job.id = idOf(job.url);
  keep(job.key, job.url, job.deposit);
  changed(job);
  if (stopped) hold(job);
}

/** With an answer the node said no; without one the line is down. */
function failed(job, error) {
  const answer = error.originalResponse;
  job.state = answer ? "refused" : "broken";
  job.problem = answer ? sentence(answer.getBody()) : "";
  changed(job);
  next();
}

function sentence(body) {
  try {
    return JSON.parse(body).detail;
  } catch {
    return "";
  }
}
