// Without a signal: the news that a push has brought, or one page of ours instead of the browser's. With one: nothing is kept.
const KEPT = __KEPT__;
const NEUTRAL = __NEUTRAL__;
const ICONS = __ICONS__;
const NAME = "aangan-offline-" + KEPT.join("|");
const NEWS = "aangan-news"; // /announcements/<id> as pushes brought them; ?shown=<token> and ?opened=<token> to be reported
const PAGE = "/offline";
const SHEET = "/offline/announcement";
const HEADERS = ["Content-Type", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"];
const MOST = 30; // announcements
const SLOW = 5000; // milliseconds after which what a push has brought is shown instead of waiting
const LEAVING = /^\/(me\/sign-out|enter\/|code$|sessions\/|subscriptions\/end)/; // another person may look at this phone now
const WRITING = /\/(new|edit|settings|looks)$/; // a window in which somebody may be writing is left alone

self.addEventListener("install", (event) => {
  const pages = [...KEPT, new Request(PAGE, { cache: "reload" })];
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(pages)).then(keepSheet));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => {
  const ours = (name) => name.startsWith("aangan-offline-") && name !== NAME;
  const clean = caches.keys().then((names) => Promise.all(names.filter(ours).map((name) => caches.delete(name))));
  event.waitUntil(clean.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  if (handled(event)) return; // what is written: writes.js
  const { request } = event;
  const { pathname } = new URL(request.url);
  if (request.mode === "navigate" && request.method === "GET") {
    const answer = fetch(request);
    event.respondWith(soonest(answer, pathname));
    event.waitUntil(answer.then(({ status }) => (status === 401 ? forget() : report())).catch(() => {}));
  } else if (request.mode === "navigate" && LEAVING.test(pathname)) {
    event.waitUntil(forget());
  } else if (KEPT.includes(pathname)) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});

self.addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepSheet());
});

self.addEventListener("push", (event) => {
  event.waitUntil(hear(event.data ? event.data.text() : ""));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(tapped(event.notification.data ?? {}));
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAnew());
});

/** The server's answer; where there is none, or one is long in coming, what the phone has. */
async function soonest(answer, pathname) {
  const kept = await caches.open(NEWS).then((cache) => cache.match(pathname));
  const patience = kept && new Promise((done) => setTimeout(done, SLOW, kept));
  return Promise.race([answer, patience ?? answer]).catch(() => kept ?? caches.match(PAGE));
}

/** What pushes need, for a phone that is pushed to: the empty page of an announcement; the icons in the browser's own cache. */
async function keepSheet() {
  if (!(await self.registration.pushManager?.getSubscription())) return;
  const cache = await caches.open(NAME);
  const icons = Object.values(ICONS).map((icon) => fetch(icon)); // else the first push would have all phones ask for them
  await Promise.all([cache.add(new Request(SHEET, { cache: "no-cache" })), ...icons]).catch(() => {}); // the next open tries again
}

async function hear(text) {
  const { title, options, ...rest } = read(text, NEUTRAL, self.location.origin);
  await self.registration.showNotification(title, { ...options, ...ICONS });
  // Pages that are open now are stale. Each is fetched when somebody looks at it, not now by all phones at once.
  for (const page of await self.clients.matchAll({ type: "window" })) page.postMessage("stale");
  await Promise.allSettled([note("shown", rest.token), keep(rest)]);
}

/** The announcement as a page of this phone. */
async function keep({ sheet, number }) {
  const page = sheet && number && (await caches.match(SHEET));
  if (!page) return;
  const cache = await caches.open(NEWS);
  const headers = HEADERS.map((name) => [name, page.headers.get(name) ?? ""]);
  await cache.put(`/announcements/${number}`, new Response(fill(await page.text(), sheet, number), { headers }));
  await forget(MOST);
}

/** Only so many announcements stay, the newest; none, where somebody else may hold this phone now. */
async function forget(most = 0) {
  const cache = await caches.open(NEWS);
  const kept = (await cache.keys()).filter(({ url }) => !url.includes("?"));
  await Promise.all(kept.slice(0, kept.length - Math.min(most, kept.length)).map((old) => cache.delete(old)));
}

async function tapped({ path = "/", token }) {
  await note("opened", token).catch(() => {});
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const target = new URL(path, self.location.origin).href;
  const free = windows.filter(({ url }) => !WRITING.test(new URL(url).pathname));
  const open = free.find(({ url }) => url === target) ?? free[0];
  if (!open) return self.clients.openWindow(path);
  const focused = await open.focus().catch(() => open);
  return open.url === target ? focused : open.navigate(path).catch(() => self.clients.openWindow(path));
}

/** To be reported with the phone's next page: never at once, or all phones would call together. */
async function note(what, token) {
  if (token) await caches.open(NEWS).then((cache) => cache.put(`/deliveries?${what}=${encodeURIComponent(token)}`, new Response()));
}

async function report() {
  const cache = await caches.open(NEWS);
  const noted = (await cache.keys()).filter(({ url }) => new URL(url).pathname === "/deliveries");
  if (!noted.length) return;
  const body = new URLSearchParams(noted.flatMap(({ url }) => [...new URL(url).searchParams]));
  const answer = await fetch("/deliveries", { method: "POST", body });
  if (answer.ok || answer.status < 500) await Promise.all(noted.map((one) => cache.delete(one)));
}

async function subscribeAnew() {
  const { key, key_id: keyId } = await (await fetch("/subscriptions/key")).json();
  const held = await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = held.toJSON();
  const body = new URLSearchParams({ endpoint, p256dh: keys.p256dh, auth: keys.auth, key_id: keyId, again: 1 });
  await fetch("/subscriptions", { method: "POST", body });
}
