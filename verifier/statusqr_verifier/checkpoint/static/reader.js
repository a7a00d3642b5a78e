// What reads a frame: the decoder in a worker of this page; where WebAssembly does not run, the
// server, which gets the frame as a JPEG.

const WAIT = 20_000; // ms for the decoder to start
const ANSWER = 4_000; // ms for one frame, of which most take ten
const QUALITY = 0.85;
const NOTHING = { texts: [], hint: null };

export class Reader {
  #post;
  #worker = null;
  #ready;
  #canvas = document.createElement("canvas");

  // `post`: sends a JPEG to the server; its answer, or null.
  constructor(post) {
    this.#post = post;
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
    const answer = await new Promise((resolve) => {
      const late = setTimeout(() => resolve(null), ANSWER);
      this.#worker.onmessage = (message) => {
        clearTimeout(late);
        resolve(message.data);
      };
      this.#worker.onerror = () => resolve(null);
      this.#worker.postMessage({ data, width, height }, [data.buffer]);
    });
    if (answer) return answer;
    this.#worker.terminate(); // it hangs or has died: a new one takes its place
    this.#worker = null;
    this.#ready = this.#start();
    await this.#ready;
    return NOTHING;
  }

  async #there(video) {
    this.#draw(video);
    const jpeg = await new Promise((give) => this.#canvas.toBlob(give, "image/jpeg", QUALITY));
    const answer = await this.#post(jpeg);
    if (answer) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500)); // the next frame tries again
    return { texts: [], hint: "silent" };
  }
}
