// What reads a frame: the decoder in a worker of this page; where WebAssembly does not run, the
// server, which gets the frame as a JPEG.

const WAIT = 20_000; // ms for the decoder to start
const QUALITY = 0.85;

export class Reader {
  #csrf;
  #worker = null;
  #ready;
  #answer = null;
  #canvas = document.createElement("canvas");

  constructor(csrf) {
    this.#csrf = csrf;
    this.#ready = this.#start();
  }

  // "page" or "server": who reads.
  ready() {
    return this.#ready;
  }

  async #start() {
    try {
      if (typeof WebAssembly !== "object") throw new Error("no WebAssembly");
      const worker = new Worker("/static/app/decoder.js");
      await new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error("late")), WAIT);
        worker.onmessage = ({ data }) => {
          clearTimeout(late);
          data.ready ? resolve() : reject(new Error("no decoder"));
        };
        worker.onerror = reject;
      });
      worker.onmessage = ({ data }) => this.#answer?.(data);
      worker.onerror = () => this.#answer?.({ texts: [], hint: null });
      this.#worker = worker;
      document.body.dataset.reader = "page";
    } catch {
      document.body.dataset.reader = "server";
    }
    return document.body.dataset.reader;
  }

  // {texts, hint}: what was read, or what would help.
  async read(video) {
    return this.#worker ? this.#here(video) : this.#there(video);
  }

  #draw(video) {
    const { videoWidth: width, videoHeight: height } = video;
    if (this.#canvas.width !== width) this.#canvas.width = width;
    if (this.#canvas.height !== height) this.#canvas.height = height;
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    context.drawImage(video, 0, 0);
    return context;
  }

  async #here(video) {
    const context = this.#draw(video);
    const { width, height } = this.#canvas;
    const { data } = context.getImageData(0, 0, width, height);
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage({ data, width, height }, [data.buffer]);
    });
  }

  async #there(video) {
    this.#draw(video);
    const jpeg = await new Promise((give) => this.#canvas.toBlob(give, "image/jpeg", QUALITY));
    try {
      const headers = { "Content-Type": "image/jpeg", "X-CSRF-Token": this.#csrf() };
      const response = await fetch("/frame", { method: "POST", body: jpeg, headers });
      if (response.ok) return await response.json();
    } catch {
      // The next frame tries again.
    }
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { texts: [], hint: null };
  }
}
