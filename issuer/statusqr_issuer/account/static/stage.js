// What both pages with a code do: keep the screen awake, show the code larger, measure time.

let lock = null;

/** Keep the screen on while the page is seen; where the device cannot, nothing happens. */
export async function stayAwake() {
  if (lock || document.hidden || !("wakeLock" in navigator)) return;
  try {
    lock = await navigator.wakeLock.request("screen");
    lock.addEventListener("release", () => (lock = null));
  } catch {
    lock = null; // a low battery refuses
  }
}

/** Let the screen go dark again. */
export function letSleep() {
  lock?.release();
}

const BEHIND = "body > *, main > *, .code-box > *";

/** What lies behind the large code is out of reach of the keyboard too; what is told is not. */
function coverOthers(stage, covered) {
  for (const each of document.querySelectorAll(BEHIND)) {
    const told = each.matches("[role=alert], [role=status]");
    if (!told && !each.contains(stage)) each.inert = covered;
  }
}

/** The button «Увеличить»: the code alone on the screen; the button again, or Esc, leads back. */
export function enlarge(button, stage) {
  const set = (large) => {
    if (large === "large" in document.body.dataset) return;
    if (large) document.body.dataset.large = "";
    else delete document.body.dataset.large;
    coverOthers(stage, large);
    [button.textContent, button.dataset.other] = [button.dataset.other, button.textContent];
    // all of the page, for what is told meanwhile lies beside the stage
    if (large) document.documentElement.requestFullscreen?.().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  };
  const large = () => "large" in document.body.dataset;
  button.hidden = false;
  button.addEventListener("click", () => set(!large()));
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && large()) set(false);
  });
  document.addEventListener("fullscreenchange", () => {
    if (!document.fullscreenElement && large()) set(false);
  });
}

/** An option of `fetch`: no longer than so many seconds; older browsers wait as long as they do. */
export const within = (seconds) =>
  "timeout" in AbortSignal ? { signal: AbortSignal.timeout(seconds * 1000) } : {};

/** Seconds since now, on whichever clock ran further: one may stand still while a device sleeps. */
export function stopwatch() {
  const [steady, wall] = [performance.now(), Date.now()];
  return () => Math.max(performance.now() - steady, Date.now() - wall) / 1000;
}
