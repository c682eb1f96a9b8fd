// Brings the worker onto the phone, after the page is there: it must never compete with the first page.
if (document.querySelector("nav.nav")) {
  addEventListener("load", () => navigator.serviceWorker?.register("/sw.js", { updateViaCache: "all" }).catch(() => {}));
}
