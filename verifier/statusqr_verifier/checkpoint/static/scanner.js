// Hand scanners that type: a scan is taken anywhere on the page, with Enter, Tab or nothing after
// it, fast or slow. People type too, so a scan is what is long and even, or digits only and long.

const LEAST_DIGITS = 20; // nobody types so many digits on this page
const LEAST_OTHER = 8; // of other keys, if they come faster than fingers
const LEAST_BURST = 6; // so many at that pace were typed by a scanner, a code of ours or not
const FAST = 45; // ms between two keys: faster than fingers, on average
const QUIET = 300; // ms without a key end a scan; more for a slow scanner
const SLOW = 6; // times its own pace
const LONG = 3000; // ms, at most
const LONE = 500; // ms after a single key, which was a person's
const MOST = 4096; // characters
const STRAY = /^\D{1,5}(?=\d{100,}$)/; // what a person's hand typed just before a code

export function takeScans(target, take) {
  let keys = "";
  let first = 0;
  let last = 0;
  let timer = 0;

  const pace = () => (keys.length > 1 ? (last - first) / (keys.length - 1) : Infinity);
  const isScan = () =>
    /^\d+$/.test(keys) ? keys.length >= LEAST_DIGITS : keys.length >= LEAST_OTHER && pace() < FAST;

  function end() {
    clearTimeout(timer);
    const text = keys.replace(STRAY, "");
    const scanned = isScan();
    keys = "";
    if (scanned) take(text);
    return scanned;
  }

  // The key's place, not its sign: on some Russian layouts the digits' row types «№» and «-».
  function sign(event) {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code);
    if (digit && !event.shiftKey) return digit[1];
    return event.key.length === 1 ? event.key : "";
  }

  target.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
      if (event.target.matches("input[type=text], input[type=password], textarea")) return;
      if (event.key === "Enter" || event.key === "Tab") {
        const burst = keys.length >= LEAST_BURST && pace() < FAST;
        if (!burst && !isScan()) {
          keys = ""; // a person's key
          return;
        }
        event.preventDefault(); // or it would press the button that has the focus
        event.stopPropagation();
        end();
        return;
      }
      const typed = sign(event);
      if (!typed) return;
      if (!keys) first = event.timeStamp;
      last = event.timeStamp;
      keys = (keys + typed).slice(0, MOST);
      if (keys.length > 3) event.preventDefault();
      clearTimeout(timer);
      const wait = keys.length > 1 ? Math.min(SLOW * pace(), LONG) : LONE;
      timer = setTimeout(end, Math.max(QUIET, wait));
    },
    true,
  );
}
