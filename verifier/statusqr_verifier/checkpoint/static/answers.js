// What the checkpoint shows: a card fills the screen, leaves by itself, and nothing of it stays.

const GONE = 1500; // ms without a code in view, after which the same code is a new one
const MOST = 8; // codes in one question
const LONGEST = 4096; // characters; what is longer is no status code
const LINE = 10_000; // ms that a line stays at the foot
const AGAIN = 1000; // ms until a question without an answer is asked again

export class Answers {
  #to;
  #inView = new Map(); // text → when it was last seen; only while it is in view
  #asked = new Set(); // the texts of the last question
  #timer = 0;
  #until = Infinity; // when the card leaves, epoch ms
  #lineTimer = 0;
  #goneTimer = 0;
  #saying = 0;
  #held = false;

  constructor(to) {
    this.#to = to;
  }

  // Ask where a text comes into view that the last question was not about. `again` are texts that
  // were asked about before: readers miss one of two codes now and then, so one that comes back at
  // once stands beside the others.
  seen(texts, ask) {
    this.#forgetGone();
    const now = performance.now();
    const known = new Set(this.#inView.keys());
    const read = texts.filter((text) => text.length <= LONGEST);
    for (const text of read) this.#inView.set(text, now);
    clearTimeout(this.#goneTimer);
    this.#goneTimer = setTimeout(() => this.#forgetGone(), GONE + 100); // texts hold names
    const others = read.filter((text) => !known.has(text) || !this.#asked.has(text));
    if (!others.length) return;
    const cameBack = others.some((text) => known.has(text));
    const beside = cameBack ? [...this.#asked].filter((text) => this.#inView.has(text)) : [];
    const all = [...new Set([...others, ...read, ...beside])].slice(0, MOST);
    this.#asked = new Set(all);
    ask(all, all.filter((text) => known.has(text)));
  }

  #forgetGone() {
    const now = performance.now();
    for (const [text, at] of this.#inView) {
      if (now - at > GONE) this.#inView.delete(text);
    }
    for (const text of this.#asked) if (!this.#inView.has(text)) this.#asked.delete(text);
  }

  // A question about these texts got no answer: they may be asked about again, after a pause.
  forget(texts) {
    setTimeout(() => texts.forEach((text) => this.#inView.delete(text)), AGAIN);
  }

  show(answer) {
    const { cards, aloud } = this.#to;
    this.clearLines();
    this.#to.signal(answer.signal);
    for (const line of answer.lines) this.line(line);
    if (!answer.count) {
      this.leave(); // what is no status code stands at the foot; the last holder's card goes
      return;
    }
    this.#held = false;
    cards.innerHTML = answer.html;
    cards.dataset.count = answer.count;
    cards.classList.toggle("several", answer.count > 1);
    aloud.textContent = "";
    this.#saying = requestAnimationFrame(() => (aloud.textContent = answer.aloud));
    this.#to.state("result");
    window.scrollTo(0, 0);
    for (const family of cards.querySelectorAll("details")) {
      family.addEventListener("toggle", () => this.#wait()); // who reads needs time
    }
    this.#wait();
  }

  // What happened instead of an answer: no card may stay that belongs to somebody else.
  fail(text) {
    this.clearLines();
    this.line(text);
    this.leave();
  }

  line(text) {
    const line = document.createElement("p");
    line.className = "foot-line";
    line.textContent = text;
    this.#to.lines.append(line);
    while (this.#to.lines.childElementCount > 3) this.#to.lines.firstElementChild.remove();
    clearTimeout(this.#lineTimer);
    this.#lineTimer = setTimeout(() => this.clearLines(), LINE);
  }

  clearLines() {
    clearTimeout(this.#lineTimer);
    this.#to.lines.replaceChildren();
  }

  // Keep this card, or let it go again; whether it is kept.
  hold() {
    this.#held = !this.#held;
    this.#wait();
    return this.#held;
  }

  leave() {
    this.wipe();
    this.#to.state("scan");
  }

  wipe() {
    clearTimeout(this.#timer);
    cancelAnimationFrame(this.#saying);
    this.#to.cards.replaceChildren();
    this.#to.aloud.textContent = "";
  }

  #wait() {
    clearTimeout(this.#timer);
    const reading = this.#to.cards.querySelector("details[open]");
    const seconds = this.#to.keep();
    this.#until = Infinity;
    if (seconds && !this.#held && !reading) {
      this.#until = Date.now() + seconds * 1000;
      this.#timer = setTimeout(() => this.leave(), seconds * 1000);
    }
  }

  // After a device has slept: timers had slept as well.
  leaveIfOver() {
    if (Date.now() >= this.#until) this.leave();
  }
}
