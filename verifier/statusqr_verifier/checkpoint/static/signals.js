// Sound and vibration of an answer. [Hz, ms] each; the notes are told apart without looking.

const NOTES = {
  valid: [[660, 80], [880, 80]],
  elsewhere: [[550, 120], [550, 120]],
  invalid: [[220, 400]],
  undetermined: [[330, 160], [330, 160]],
};
const SHAKES = {
  valid: [80],
  elsewhere: [80, 80, 80],
  invalid: [500],
  undetermined: [80, 80, 80, 80, 80],
};
const REST = 0.06; // s between two notes
const LOUD = 0.4;
const EDGE = 0.008; // s to swell and fade, or it clicks

export class Signals {
  #context = null;

  // Browsers allow sound only after a tap.
  unlock() {
    const Context = window.AudioContext ?? window.webkitAudioContext;
    if (Context) this.#context ??= new Context();
    this.#context?.resume();
  }

  play(name) {
    document.body.dataset.signal = name;
    if (!(name in NOTES)) return;
    navigator.vibrate?.(SHAKES[name]);
    if (!this.#context) return;
    let at = this.#context.currentTime + 0.01;
    for (const [hertz, ms] of NOTES[name]) at = this.#note(hertz, at, ms / 1000) + REST;
  }

  #note(hertz, at, seconds) {
    const tone = this.#context.createOscillator();
    const volume = this.#context.createGain();
    tone.type = hertz < 400 ? "triangle" : "sine"; // low notes need overtones on small speakers
    tone.frequency.value = hertz;
    volume.gain.setValueAtTime(0, at);
    volume.gain.linearRampToValueAtTime(LOUD, at + EDGE);
    volume.gain.setValueAtTime(LOUD, at + seconds - EDGE);
    volume.gain.linearRampToValueAtTime(0, at + seconds);
    tone.connect(volume).connect(this.#context.destination);
    tone.start(at);
    tone.stop(at + seconds);
    return at + seconds;
  }
}
