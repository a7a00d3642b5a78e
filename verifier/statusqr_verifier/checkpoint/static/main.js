// The checkpoint page. Three states: start → scan ⇄ result. This file only joins the parts.

import { Answers } from "./answers.js";
import { Camera } from "./camera.js";
import { runClocks } from "./clock.js";
import { Reader } from "./reader.js";
import { Signals } from "./signals.js";
import { takeFiles } from "./files.js";
import { takeScans } from "./scanner.js";

const body = document.body;
const find = (id) => document.getElementById(id);
const told = (name) => find("told").content.querySelector(`[data-told="${name}"]`).textContent;

const signals = new Signals();
const answers = new Answers({
  cards: find("cards"),
  aloud: find("aloud"),
  lines: find("foot-lines"),
  keep: () => Number(body.dataset.keep),
  signal: (name) => signals.play(name),
  state: (name) => body.dataset.state !== "start" && setState(name), // only «Начать смену» begins
});
// A frame that is lost is no answer that failed: the card that stands there may stay.
const reader = new Reader((frame) =>
  answerOf(post("/frame", frame, { type: "image/jpeg" }), () => true),
);
const camera = new Camera({
  video: find("video"),
  choice: find("cameras"),
  torch: find("torch"),
  reader,
  hint: showHint,
  seen: (texts) => answers.seen(texts, (asked, again) => ask(asked, "camera", again)),
});

function setState(name) {
  body.dataset.state = name;
  find("start").hidden = name !== "start";
  find("scan").hidden = name !== "scan";
  find("result").hidden = name !== "result";
}

function showHint(name) {
  for (const hint of find("hint").querySelectorAll("[data-hint]")) {
    hint.hidden = hint.dataset.hint !== name;
  }
}

// Whose question it is; a shift that another tab has begun meanwhile is not ours.
function credentials() {
  return { "X-CSRF-Token": body.dataset.csrf, "X-Shift": body.dataset.shift ?? "" };
}

const PATIENCE = 8_000; // ms for an answer
const PATIENCE_FOR_FILES = 90_000;

async function post(path, content, { type, patience = PATIENCE } = {}) {
  const headers = { ...credentials(), Accept: "application/json" };
  if (type) headers["Content-Type"] = type;
  const signal = AbortSignal.timeout(patience);
  return fetch(path, { method: "POST", body: content, headers, cache: "no-store", signal });
}

// `late()`: whether a later question has been answered meanwhile.
async function answerOf(request, late = () => false) {
  try {
    const response = await request;
    if (response.ok) return await response.json();
    const problem = await response.json();
    const gone = ["NO_SHIFT", "FORGED"].includes(problem.code); // the server has begun anew
    if ((gone && body.dataset.state !== "start") || response.status === 401) {
      answers.wipe();
      location.reload(); // the start page says that the shift has ended
      return null;
    }
    if (!late()) answers.fail(problem.detail || problem.title);
  } catch {
    if (!late()) answers.fail(told("offline"));
  }
  return null;
}

let asked = 0; // questions so far

// Show an answer, unless another question has been asked since: somebody else stands here now.
// Whether it was answered.
async function show(request) {
  const number = ++asked;
  const late = () => number !== asked;
  const answer = await answerOf(request, late);
  if (answer && !late()) answers.show(answer);
  return answer !== null;
}

// `again`: those of the texts that have been asked about, and are still in view.
async function ask(texts, via, again = []) {
  const question = JSON.stringify({ texts, via, again });
  const answered = await show(post("/scan", question, { type: "application/json" }));
  if (!answered) answers.forget(texts);
}

async function askFiles(files) {
  const form = new FormData();
  for (const file of files) form.append("files", file);
  showHint("reading");
  await show(post("/files", form, { patience: PATIENCE_FOR_FILES }));
  showHint("look");
}

let beginning = false;

async function begin(event) {
  event.preventDefault();
  signals.unlock(); // within the tap, or the browser keeps the sound off
  if (beginning) return;
  beginning = true;
  const form = new FormData(find("shift-form"), event.submitter);
  const answer = await answerOf(post("/shift", new URLSearchParams(form)));
  beginning = false;
  if (!answer) return;
  body.dataset.keep = answer.keep;
  body.dataset.shift = answer.shift;
  for (const place of document.querySelectorAll("#place-title, [data-place]")) {
    place.textContent = answer.place;
  }
  setState("scan");
  answers.clearLines();
  stayAwake();
  await camera.start();
}

async function stayAwake() {
  try {
    await navigator.wakeLock?.request("screen");
  } catch {
    // The screen may go dark then; nothing else is lost.
  }
}

async function refreshData() {
  try {
    const response = await fetch("/data", { cache: "no-store" });
    if (!response.ok) return;
    const html = await response.text();
    for (const id of ["data-start", "data-scan"]) find(id).innerHTML = html;
  } catch {
    // The line keeps what it said; the check itself tells when data are too old.
  }
}

find("shift-form").addEventListener("submit", begin);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-do=next]")) answers.leave();
  const hold = event.target.closest("[data-do=hold]");
  if (hold) hold.setAttribute("aria-pressed", String(answers.hold()));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && body.dataset.state === "result") answers.leave();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState !== "visible" || body.dataset.state === "start") return;
  answers.leaveIfOver();
  stayAwake();
});
window.addEventListener("pagehide", () => answers.leave());
find("files").addEventListener("change", () => {
  askFiles(find("files").files);
  find("files").value = "";
});

takeFiles(document, (files) =>
  body.dataset.state === "start" ? answers.fail(told("first")) : askFiles(files),
);
takeScans(document, async (text) => {
  if (body.dataset.state === "start") return;
  await ask([text], "scanner");
});
runClocks(document);
setInterval(refreshData, 60_000);
