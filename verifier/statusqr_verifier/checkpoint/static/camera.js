// The camera: opened, chosen, lit, read frame by frame, and waited for when it goes away.

const PAUSE = 60; // ms between two frames, so that the device stays cool
const AGAIN = 1500; // ms until a camera that went away is asked for again

export class Camera {
  #to;
  #stream = null;
  #running = false;
  #wanted = "";
  #opening = false;

  constructor(to) {
    this.#to = to;
    to.choice.addEventListener("change", () => this.#choose(to.choice.value));
    to.torch.addEventListener("click", () => this.#light());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => this.#list());
  }

  async start() {
    if (this.#running) return;
    this.#running = true;
    if (!navigator.mediaDevices?.getUserMedia) {
      this.#to.hint(window.isSecureContext ? "none" : "secure");
      return;
    }
    this.#to.hint("starting");
    await Promise.all([this.#open(), this.#to.reader.ready()]);
    this.#read();
  }

  stop() {
    this.#running = false;
    this.#close();
  }

  async #open() {
    this.#opening = true;
    const wanted = this.#wanted;
    await this.#openOne();
    this.#opening = false;
    if (wanted !== this.#wanted && this.#stream) await this.#choose(this.#wanted);
  }

  async #openOne() {
    const video = { width: { ideal: 1280 }, height: { ideal: 720 } };
    if (this.#wanted) video.deviceId = { exact: this.#wanted };
    else video.facingMode = { ideal: "environment" };
    try {
      this.#stream = await navigator.mediaDevices.getUserMedia({ video, audio: false });
    } catch (error) {
      this.#to.hint(error.name === "NotAllowedError" ? "denied" : "none");
      this.#wanted = "";
      if (this.#running && error.name !== "NotAllowedError") this.#later();
      return;
    }
    const [track] = this.#stream.getVideoTracks();
    track.addEventListener("ended", () => this.#lost());
    this.#to.video.srcObject = this.#stream;
    try {
      await this.#to.video.play();
    } catch {
      // A newer stream took this one's place.
    }
    this.#to.video.parentElement.toggleAttribute("data-on", true);
    this.#to.hint("look");
    this.#to.torch.hidden = !track.getCapabilities?.().torch;
    await this.#list();
  }

  #close() {
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#to.video.srcObject = null;
    this.#to.video.parentElement.toggleAttribute("data-on", false);
  }

  #lost() {
    if (!this.#running) return;
    this.#close();
    this.#to.hint("lost");
    this.#later();
  }

  #later() {
    setTimeout(() => this.#running && !this.#stream && this.#open(), AGAIN);
  }

  async #list() {
    const devices = await navigator.mediaDevices.enumerateDevices();
    const cameras = devices.filter((device) => device.kind === "videoinput");
    const now = this.#stream?.getVideoTracks()[0]?.getSettings().deviceId;
    this.#to.choice.replaceChildren(
      ...cameras.map((camera, i) => {
        const name = camera.label || String(i + 1);
        return new Option(name, camera.deviceId, false, camera.deviceId === now);
      }),
    );
    this.#to.choice.hidden = cameras.length < 2;
  }

  async #choose(id) {
    this.#wanted = id;
    if (this.#opening) return;
    this.#close();
    await this.#open();
  }

  async #light() {
    const { torch } = this.#to;
    const on = torch.getAttribute("aria-pressed") !== "true";
    try {
      await this.#stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch: on }] });
      torch.setAttribute("aria-pressed", String(on));
    } catch {
      torch.hidden = true;
    }
  }

  // One frame after the other; the next only when the last has been read.
  async #read() {
    const { video, reader } = this.#to;
    while (this.#running) {
      if (this.#stream && video.videoWidth && document.visibilityState === "visible") {
        try {
          const { texts, hint } = await reader.read(video);
          if (texts.length) this.#to.seen(texts);
          if (this.#stream) this.#to.hint(texts.length ? "done" : (hint ?? "look"));
        } catch (error) {
          console.error(error); // one frame is lost, not the camera
        }
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }
}
