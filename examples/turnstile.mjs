// A turnstile that follows a scanner page: listen to the scans, open or not, listen again.
//
//     node turnstile.mjs http://127.0.0.1:8653 token.txt ["name of the place"]

import { readFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";

const SILENCE = 45_000; // ms; the server says something every 15 s
const AGAIN = 2_000; // ms between two attempts

/** What is shown at the scanner pages from now on, until the connection ends. */
async function* scans(url, token) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), SILENCE);
  try {
    const headers = { Authorization: `Bearer ${token}` };
    const answer = await fetch(`${url}/api/v1/scans`, { headers, signal: control.signal });
    if (answer.status === 401 || answer.status === 403) {
      console.error(`the token does not open the stream: HTTP ${answer.status}`);
      process.exit(1);
    }
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    console.error("listening");
    let rest = "";
    for await (const part of answer.body.pipeThrough(new TextDecoderStream())) {
      timer.refresh();
      const lines = (rest + part).split("\n");
      rest = lines.pop();
      for (const line of lines) {
        if (line.startsWith("data: ")) yield JSON.parse(line.slice("data: ".length));
      }
    }
  } finally {
    clearTimeout(timer);
  }
}

const [url, tokenFile, place = ""] = process.argv.slice(2);
const token = (await readFile(tokenFile, "ascii")).trim();
for (;;) {
  try {
    for await (const scan of scans(url, token)) {
      if (place === "" || place === scan.place) {
        console.log(scan.accepted === true ? "open" : "closed");
      }
    }
  } catch (error) {
    console.error(`no connection: ${error.name}`); // refused, lost, or silent for too long
  }
  await wait(AGAIN);
}
