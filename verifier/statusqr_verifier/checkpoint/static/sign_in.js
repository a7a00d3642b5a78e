// An access code in the address's fragment (from a QR) is never sent in an address: it is entered.

const form = document.getElementById("code-form");
const code = decodeURIComponent(location.hash.slice(1));

if (form && code) {
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code;
  form.requestSubmit();
}
