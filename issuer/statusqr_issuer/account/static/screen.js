// The code for five minutes: it is in the page, needs no network, and goes when its time is over.

import { enlarge, letSleep, stayAwake, stopwatch } from "./stage.js";

const box = document.getElementById("screen");

if (box) {
  const age = stopwatch();
  const whole = Number(box.dataset.left);
  const bar = document.getElementById("bar");
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
      letSleep();
      return;
    }
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    counter.textContent = counter.dataset.leftWords.replace("{time}", time);
    bar.value = left;
  };
  const ticking = setInterval(tick, 500);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) stayAwake();
    tick();
  });
  // a page that is brought back out of the browser's memory
  addEventListener("pageshow", tick);
  enlarge(document.getElementById("larger"), document.getElementById("stage"));
  stayAwake();
  document.body.dataset.state = "shown";
  tick();
}
