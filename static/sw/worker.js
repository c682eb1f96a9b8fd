// The first worker: without a signal it shows one page of ours instead of the browser's.
const KEPT = __KEPT__;
const NAME = "aangan-offline-" + KEPT.join("|");
const PAGE = "/offline";

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll([...KEPT, new Request(PAGE, { cache: "reload" })])));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith("aangan-offline-") && name !== NAME;
  const clean = caches.keys().then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.mode === "navigate" && request.method === "GET") {
    event.respondWith(fetch(request).catch(() => caches.match(PAGE)));
  } else if (KEPT.includes(new URL(request.url).pathname)) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});
