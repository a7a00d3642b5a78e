// Every page: the app on the home screen, and a word before a session ends for want of use.

import { stopwatch } from "./stage.js";

const WARN = 120; // seconds before the end
const body = document.body;

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});

if (body.dataset.left) {
  const banner = document.getElementById("leaving");
  const words = document.getElementById("leaving-words").content.firstElementChild.dataset;
  const closes = banner.querySelector("[data-closes]");
  const stay = banner.querySelector("[data-stay]");
  let left = Number(body.dataset.left);
  let age = stopwatch();

  const used = (seconds) => {
    left = seconds;
    age = stopwatch();
    banner.hidden = true;
  };
  const ended = () => {
    clearInterval(ticking);
    const link = document.createElement("a");
    link.href = `/?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = words.enter;
    const told = document.createElement("p");
    told.append(words.gone, " ", link);
    banner.replaceChildren(told);
    banner.hidden = false;
    document.querySelector("main").hidden = !body.dataset.page; // nothing personal is left to see
  };
  const tick = () => {
    const rest = Math.ceil(left - age());
    if (rest <= 0) return ended();
    if (rest > WARN) return;
    // spoken when it appears, and then each half minute, not each second
    const time = `${Math.floor(rest / 60)}:${String(rest % 60).padStart(2, "0")}`;
    if (banner.hidden || rest % 30 === 0) closes.textContent = words.in.replace("{time}", time);
    banner.hidden = false;
  };
  stay.addEventListener("click", async () => {
    try {
      const response = await fetch("/session/extend", {
        method: "POST",
        headers: { "X-CSRF-Token": body.dataset.csrf, Accept: "application/json" },
      });
      if (response.ok) used((await response.json()).seconds);
      else if (response.status === 401 || response.status === 403) ended();
    } catch {
      closes.textContent = closes.textContent; // no network: the time goes on
    }
  });
  const ticking = setInterval(tick, 1000);
}
