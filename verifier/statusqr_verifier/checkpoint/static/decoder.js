// The decoder, in a worker: zxing-cpp as WebAssembly. Texts out; of a code that is seen but cannot
// be read, what would help. The measures are those of the verifier's frames.py.

/* global ZXingWASM, importScripts */

const SMALL_MODULE = 2.5; // pixels
const DARK = 60; // of 255
const STEP = 8; // every eighth point of every eighth row
const OPTIONS = { formats: ["QRCode"], tryHarder: true, returnErrors: true, maxNumberOfSymbols: 8 };

async function start() {
  try {
    importScripts("/static/app/vendor/reader.js");
    const locateFile = () => "/static/app/vendor/reader.wasm";
    await ZXingWASM.prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
    postMessage({ ready: true });
  } catch {
    postMessage({ ready: false });
  }
}

function isDark({ data, width, height }) {
  const levels = [];
  for (let y = 0; y < height; y += STEP) {
    for (let x = 0; x < width; x += STEP) {
      const i = 4 * (y * width + x);
      levels.push(0.299 * data[i] + 0.587 * data[i + 1] + 0.114 * data[i + 2]);
    }
  }
  levels.sort((a, b) => a - b);
  return levels[Math.floor(levels.length * 0.95)] < DARK;
}

function moduleSize({ position, version }) {
  const { topLeft: a, topRight: b, bottomLeft: c } = position;
  const side = Math.min(Math.hypot(a.x - b.x, a.y - b.y), Math.hypot(a.x - c.x, a.y - c.y));
  return side / (17 + 4 * (Number(version) || 10)); // a status code has version 8 to 13
}

function hintFor(image, unreadable) {
  if (isDark(image)) return "light";
  if (!unreadable.length) return null;
  return Math.max(...unreadable.map(moduleSize)) < SMALL_MODULE ? "closer" : "still";
}

onmessage = async ({ data: { data, width, height } }) => {
  const image = { data, width, height };
  let found = [];
  try {
    found = await ZXingWASM.readBarcodes(new ImageData(data, width, height), OPTIONS);
  } catch {
    // A frame that cannot be read is a frame without a code.
  }
  const texts = [...new Set(found.filter((code) => code.isValid).map((code) => code.text))];
  const unreadable = found.filter((code) => !code.isValid);
  postMessage({ texts, hint: texts.length ? null : hintFor(image, unreadable) });
};

start();
