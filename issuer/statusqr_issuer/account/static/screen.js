// The code for five minutes: it is in the page, needs no network, and goes when its time is over.

import { enlarge, letSleep, stayAwake, stopwatch } from "./stage.js";

const box = document.getElementById("screen");

if (box) {
  const age = stopwatch();
  const whole = Number(box.dataset.left);
  const bar = document.getElementById("bar");
  const away = document.getElementById("no-way");
  const counter = box.querySelector("[data-left-words]");
  bar.hidden = false;

  const tick = () => {
    const left = Math.ceil(whole - age());
    if (left <= 0) {
      clearInterval(ticking);
      if ("large" in document.body.dataset) document.getElementById("larger").click();
      box.remove();
      document.getElementById("over").hidden = false;
      document.body.dataset.state = "over";
      away.hidden = true;
      document.getElementById("offer").hidden = true; // it would promise what the code no longer says
      letSleep();
      dispatchEvent(new Event("code-over"));
      return;
    }
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    counter.textContent = counter.dataset.leftWords.replace("{time}", time);
    bar.value = left;
  };
  const ticking = setInterval(tick, 500);
  document.addEventListener("visibilitychange", () => {
    if (document.body.dataset.state === "over") return;
    if (!document.hidden) stayAwake();
    tick();
  });
  /** Without a network any other page is an error, and this one with its code would be gone. */
  const stay = (event) => {
    const leads = event.type === "submit" || event.target.closest("a[href]");
    if (!leads || navigator.onLine || document.body.dataset.state === "over") return;
    event.preventDefault();
    away.hidden = false;
  };
  document.addEventListener("click", stay);
  document.addEventListener("submit", stay);
  addEventListener("online", () => (away.hidden = true));
  // a page that is brought back out of the browser's memory
  addEventListener("pageshow", tick);
  enlarge(document.getElementById("larger"), document.getElementById("stage"));
  stayAwake();
  document.body.dataset.state = "shown";
  tick();
}
