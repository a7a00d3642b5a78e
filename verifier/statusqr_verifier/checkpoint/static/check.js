// «Проверить код»: the form works without this. With it, files may be dropped and pasted, and what
// was asked is no part of the history, with which browsers keep what forms have sent.

import { takeFiles } from "./files.js";

const find = (id) => document.getElementById(id);

async function check(form) {
  const body = new FormData(form);
  const response = await fetch(form.action, { method: "POST", body, cache: "no-store" });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  find("main").replaceWith(page.getElementById("main"));
  find("answers")?.focus();
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id !== "check-form") return;
  event.preventDefault();
  check(form).catch(() => form.submit()); // then the browser says what is wrong
});
window.addEventListener("pagehide", () => find("answers")?.remove());
takeFiles(document, (files) => {
  find("check-files").files = files;
  find("check-form").requestSubmit();
});
find("answers")?.focus();
