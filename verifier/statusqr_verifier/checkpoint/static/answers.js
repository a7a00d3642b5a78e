// What the checkpoint shows: a card fills the screen, leaves by itself, and nothing of it stays.

const GONE = 1500; // ms without a code in view, after which the same code is a new one
const LINE = 10_000; // ms that a line stays at the foot
const AGAIN = 1000; // ms until a question without an answer is asked again

export class Answers {
  #to;
  #inView = new Map(); // text → when it was last seen; only while it is in view
  #timer = 0;
  #lineTimer = 0;
  #held = false;

  constructor(to) {
    this.#to = to;
  }

  // Where a text comes into view, ask about all that are in view: each gets a card.
  seen(texts, ask) {
    const now = performance.now();
    for (const [text, at] of this.#inView) {
      if (now - at > GONE) this.#inView.delete(text);
    }
    const again = texts.filter((text) => this.#inView.has(text));
    for (const text of texts) this.#inView.set(text, now);
    if (again.length < texts.length) ask(again);
  }

  // The last question got no answer: the codes in view may be asked about again, after a pause.
  forget() {
    setTimeout(() => this.#inView.clear(), AGAIN);
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
    requestAnimationFrame(() => (aloud.textContent = answer.aloud));
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
    this.forget();
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
    this.#to.cards.replaceChildren();
    this.#to.aloud.textContent = "";
  }

  #wait() {
    clearTimeout(this.#timer);
    const reading = this.#to.cards.querySelector("details[open]");
    const seconds = this.#to.keep();
    if (seconds && !this.#held && !reading) {
      this.#timer = setTimeout(() => this.leave(), seconds * 1000);
    }
  }
}
