// «Проверить код»: the form works without this. With it, files may be dropped and pasted, and what
// was asked is no part of the history, with which browsers keep what forms have sent.

import { takeFiles } from "./files.js";

const find = (id) => document.getElementById(id);
let asking = null; // the newest question

function say(text) {
  const line = document.createElement("p");
  line.className = "error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  find("answers")?.remove();
  find("trouble").replaceChildren(line);
}

async function check(form) {
  asking?.abort();
  const { signal } = (asking = new AbortController());
  const body = new FormData(form);
  try {
    const response = await fetch(form.action, { method: "POST", body, cache: "no-store", signal });
    const text = await response.text();
    if (response.status === 401) location.reload();
    const main = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (response.ok && main) {
      find("main").replaceWith(main);
      find("answers")?.focus();
    } else {
      const problem = JSON.parse(text);
      say(problem.detail || problem.title);
    }
  } catch {
    if (!signal.aborted) say(find("trouble").dataset.offline);
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "check-form") return;
  event.preventDefault();
  check(form);
});
window.addEventListener("pagehide", () => find("answers")?.remove());
takeFiles(document, (files) => {
  find("check-files").files = files;
  find("check-form").requestSubmit();
});
find("answers")?.focus();
