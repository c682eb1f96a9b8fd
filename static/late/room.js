// On a phone with PINs: holds the key of the room that is open for the worker, which the browser ends whenever it likes; hides at
// a tap; asks for the PIN once the room was out of sight for long. The key is in memory alone, and no script can read it out.
const worker = navigator.serviceWorker;
const AWAY = 3e5; // milliseconds out of sight
const PATIENT = 2000; // after which a worker that says nothing is the one from before there were PINs
const form = document.querySelector("[data-hide]"); // on pages that a PIN has opened
let keys = null;
let known = false;
let left = 0;
let isHiding = false; // this page is on its way already

const blank = () => document.documentElement.replaceChildren();

function leave(to) {
  keys = null;
  blank();
  location.replace(to);
}

const HEARD = {
  "key?": (_told, [port]) => port?.postMessage(keys),
  keys: (told) => ((keys = told.keys), (known = true)),
  closed: () => keys && !isHiding && leave("/calendar"),
};

worker?.addEventListener("message", ({ data, ports }) => HEARD[data?.room]?.(data, ports));
worker?.startMessages?.();
worker?.ready.then((registration) => {
  worker.controller?.postMessage({ room: "who", isOpen: Boolean(form) });
  setTimeout(() => known || registration.update().catch(() => {}), PATIENT);
});

// Clips of spoken words would lie in the clear: a page can not seal them (static/late/speech.js does without).
const { caches } = self;
if (caches) {
  const open = caches.open.bind(caches);
  caches.open = (name) => (name.startsWith("aangan-pages-") ? Promise.reject(new Error("sealed")) : open(name));
}

form?.addEventListener("submit", () => setTimeout(blank, 0, (isHiding = true)));
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") left = Date.now();
  else if (form && left && Date.now() - left > AWAY) form.requestSubmit();
});
addEventListener("pagehide", ({ persisted }) => persisted && blank());
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
