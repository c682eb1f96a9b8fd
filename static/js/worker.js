// Brings the worker onto the phone, after the page is there: it must never compete with the first page.
if ("serviceWorker" in navigator && document.querySelector("nav.nav")) {
  addEventListener("load", () => navigator.serviceWorker.register("/sw.js").catch(() => {}));
}
