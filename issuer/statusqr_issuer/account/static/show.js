// The live code: asked for anew every 30 seconds while the page is seen, hidden when it is too old.

import { draw } from "./qr.js";
import { enlarge, letSleep, stayAwake, stopwatch, within } from "./stage.js";

const $ = (id) => document.getElementById(id);
const box = $("live");
const trouble = $("trouble");
const said = $("said");
const bar = $("bar");
const counter = box.querySelector("[data-words]");
const part = (name) => trouble.querySelector(`[data-${name}]`);
const FEW = 2; // seconds before its time a new code is asked for, so that none is missing
const AGAIN = 5; // seconds until the next attempt where there was no answer
const PATIENCE = 10; // seconds for an answer
const WAYS = {
  NO_LOGIN: [box.dataset.back, trouble.dataset.enter],
  NO_CONSENT: ["/consent", trouble.dataset.agree],
  FORGED: [location.href, trouble.dataset.anew], // signed in anew in another tab
  NOT_FOUND: ["/statuses", trouble.dataset.list],
  NO_CODE: ["/statuses", trouble.dataset.list],
};

let code = null; // { age, every, life }: what is on the screen, and how long it is good
let asking = false;
let stopped = false; // by an answer that will not change by itself
let nextTry = 0;
const clock = stopwatch();

function tell(title, detail, way) {
  said.textContent = "";
  // only what is another: what is written anew is spoken anew
  if (part("title").textContent !== title) part("title").textContent = title;
  if (part("detail").textContent !== detail) part("detail").textContent = detail;
  part("again").hidden = stopped && Boolean(way);
  const link = part("way");
  link.hidden = !way;
  if (way) [link.href, link.textContent] = way;
  if (trouble.hidden) trouble.hidden = false;
  document.body.dataset.state = stopped ? "stopped" : "trouble";
  $("offer").hidden = stopped; // it would promise what the code no longer says
}

/** `age`: since it was asked for, so that a slow answer does not make a code younger. */
function show(answer, age) {
  draw($("qr"), answer.modules, answer.side);
  if (!said.textContent) said.textContent = said.dataset.ready; // aloud, and not at each renewal
  code = { age, every: answer.every, life: answer.life };
  bar.max = answer.every;
  box.hidden = false;
  if (trouble.contains(document.activeElement)) $("larger").focus();
  trouble.hidden = true;
  stayAwake();
  $("offer").hidden = false;
  document.body.dataset.state = "shown";
  document.body.dataset.codes = String(Number(document.body.dataset.codes ?? 0) + 1);
}

function hide() {
  code = null;
  box.hidden = true;
  $("qr").replaceChildren();
  if ("large" in document.body.dataset) $("larger").click();
  letSleep(); // there is nothing to be held out
}

async function ask() {
  if (asking || stopped || document.hidden) return;
  asking = true;
  const age = stopwatch();
  try {
    const response = await fetch(box.dataset.url, {
      method: "POST",
      headers: { "X-CSRF-Token": document.body.dataset.csrf, Accept: "application/json" },
      ...within(PATIENCE),
    });
    const answer = await response.json();
    if (response.ok) {
      show(answer, age);
    } else {
      stopped = answer.code in WAYS || response.status === 409 || response.status === 403;
      if (stopped) hide();
      nextTry = clock() + Number(response.headers.get("Retry-After") ?? AGAIN);
      tell(answer.title, answer.detail, WAYS[answer.code]);
    }
  } catch {
    nextTry = clock() + AGAIN;
    tell(trouble.dataset.offlineTitle, trouble.dataset.offline, null);
  } finally {
    asking = false;
    tick();
  }
}

function tick() {
  if (document.hidden) return;
  if (code) {
    const age = code.age();
    const fresh = code.every - age;
    if (age >= code.life) hide();
    else {
      const left = Math.ceil(fresh > 0 ? fresh : code.life - age);
      const words = fresh > 0 ? counter.dataset.words : counter.dataset.oldWords;
      counter.textContent = words.replace("{n}", left);
      bar.value = Math.max(0, fresh);
    }
  }
  const due = !code || code.age() >= code.every - FEW;
  if (due && clock() >= nextTry) ask();
}

part("again").addEventListener("click", () => {
  stopped = false;
  nextTry = 0;
  ask();
});
document.addEventListener("visibilitychange", () => {
  if (document.hidden) return letSleep();
  if (code) stayAwake();
  nextTry = 0;
  tick();
});
addEventListener("online", () => {
  nextTry = 0;
  tick();
});
enlarge($("larger"), $("stage"));
ask();
setInterval(tick, 500);
