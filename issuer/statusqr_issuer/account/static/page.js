// Every page: the app on the home screen, and a word before a session ends for want of use.

import { stopwatch, within } from "./stage.js";

const WARN = 120; // seconds before the end
const PATIENCE = 20; // seconds for an answer about the session
const body = document.body;

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});

if (body.dataset.left) {
  const banner = document.getElementById("leaving");
  const words = document.getElementById("leaving-words").content.firstElementChild.dataset;
  const closes = banner.querySelector("[data-closes]");
  let left = Number(body.dataset.left);
  let age = stopwatch();
  let asking = false;
  let over = false;

  const rest = () => Math.ceil(left - age());
  const main = document.querySelector("main");
  /** Whether the page has a code that needs no network, and outlives our count. */
  const lasting = () => body.dataset.page === "screen" && body.dataset.state === "shown";

  /** The way out of every wait here. `known`: the server says so, and not our count alone. */
  const end = (known) => {
    over = true;
    clearInterval(ticking);
    const link = document.createElement("a");
    link.href = `/?next=${encodeURIComponent(location.pathname)}`;
    link.textContent = words.enter;
    const told = document.createElement("p");
    told.append(words.gone, " ", link);
    banner.replaceChildren(told);
    banner.hidden = false;
    main.hidden = known || !lasting(); // nothing personal is left to see
    if (!main.hidden) addEventListener("code-over", () => (main.hidden = true));
  };

  /** Ask how much is left: another tab may have been used, or have signed out; or another person
   * has signed in since, to whom this page does not belong. */
  const ask = async (path, options) => {
    if (over && main.hidden) return false;
    asking = true;
    try {
      const headers = { Accept: "application/json", "X-CSRF-Token": body.dataset.csrf };
      const response = await fetch(path, { ...options, headers, ...within(PATIENCE) });
      if (response.status === 401 || response.status === 403) end(true);
      if (over || !response.ok) return false;
      left = (await response.json()).seconds;
      age = stopwatch();
      if (rest() > WARN) banner.hidden = true;
      return true;
    } catch {
      return false; // no network: our own count holds
    } finally {
      asking = false;
    }
  };

  const tick = async () => {
    if (asking || over || rest() > WARN) return;
    if (banner.hidden || rest() <= 0) await ask("/session");
    const seconds = rest();
    if (over || seconds > WARN) return;
    if (seconds <= 0) return end(false);
    // spoken when it appears, and then each half minute, not each second
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (banner.hidden || seconds % 30 === 0) closes.textContent = words.in.replace("{time}", time);
    banner.hidden = false;
  };

  banner.querySelector("[data-stay]").addEventListener("click", async () => {
    const done = await ask("/session/extend", { method: "POST" });
    if (!done && !over) closes.textContent = words.offline;
  });
  document.addEventListener("visibilitychange", () => document.hidden || ask("/session"));
  // brought back by the button «Back» out of the browser's memory
  addEventListener("pageshow", (event) => event.persisted && ask("/session"));
  const ticking = setInterval(tick, 1000);
}
