// A page that was seen before comes from the phone at once; without a signal so does the news that a push has brought.
const KEPT = __KEPT__;
const NEUTRAL = __NEUTRAL__;
const ICONS = __ICONS__;
const NAME = "aangan-offline-" + KEPT.join("|");
const NEWS = "aangan-news"; // /announcements/<id> as pushes brought them; ?shown=<token> and ?opened=<token> to be reported
const PAGE = __PAGE__; // without a signal
const DOCUMENT = __DOCUMENT__; // headers of a page that is looked at
const SHEET = "/offline/announcement";
const MOST = 30; // announcements
const SOON = 400; // milliseconds for which an announcement waits to hear whether it was put right; a board never does
const SLOW = 3000; // milliseconds after which what the phone has is shown instead of waiting, and a shelf that says nothing is none
const OUT = "/me/sign-out";
const ROUTES = [
  { condition: { urlPattern: "/s/*" }, source: "cache" }, // where the browser can, without waking the worker
  { condition: { requestMode: "navigate" }, source: "fetch-event" }, // else Chromium asks the server while it wakes the worker
];
const LEAVING = /^\/(enter\/|code$|sessions\/|subscriptions\/end)/; // another person may look at this phone now
const late = new Map(); // answers that were long in coming, by address, until their page is opened again
let wrote = false;
const WRITING = /\/(new|edit|settings|looks|sealed|answers?|replies|(help|rumours)\/\d+)$/; // a window in which somebody may be writing is left alone

addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(KEPT)).then(keepSheet));
  event.addRoutes?.(ROUTES).catch(() => {}); // a browser that has other ones asks the worker
  skipWaiting();
});

addEventListener("activate", (event) => {
  event.waitUntil(clients.claim().then(begin).then(tidy));
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, search } = new URL(request.url);
  const isPage = request.mode === "navigate";
  const isGet = request.method === "GET";
  if (isPage && !isGet) write(event);
  if (handled(event)) return; // what may wait for a signal: writes.js
  if (!isGet) event.waitUntil(request.clone().blob().then(({ size }) => spend("sent", size)));
  if (isPage && isGet) {
    event.respondWith(open(event, pathname + search));
  } else if (isPage && pathname === OUT) {
    event.respondWith(signOut(request));
  } else if (isPage && LEAVING.test(pathname)) {
    event.respondWith(fetch(request).then((answer) => doubt().then(() => answer), () => drawn(PAGE)));
  } else if (isPage && pathname === "/me/saver") {
    event.respondWith(fetch(request).then(levelled, () => drawn(PAGE)));
  } else if (/^\/(photos|voices)\//.test(pathname) && !search) {
    event.respondWith(photo(event, pathname));
  } else if (pathname.startsWith("/s/")) {
    event.respondWith(caches.match(request).then((found) => found || fetch(request)));
  }
});

addEventListener("message", (event) => {
  if (event.data === "keep") event.waitUntil(keepSheet());
  if (event.data === "look") event.waitUntil(freshen(event.source.id, addressOf(event.source)));
});

addEventListener("push", (event) => {
  const { data } = event;
  const size = data?.arrayBuffer().byteLength ?? 0;
  for (const one of [hear(data?.text() ?? ""), drain(), spend("pushes", size)]) event.waitUntil(one);
});

addEventListener("sync", (event) => {
  if (event.tag === "bring") event.waitUntil(bringWhenDue());
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(tapped(event.notification.data ?? {}));
});

addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(subscribeAnew());
});

/** The first pages of this worker: those that are open now, as the browser just got them. */
async function begin() {
  if (!(await here()).person) await registration.navigationPreload?.enable(); // a worker that follows another has pages here
  for (const page of await windows()) {
    const address = addressOf(page);
    await take(address, fetch(address, { cache: "force-cache" })).catch(() => {});
  }
}

function addressOf({ url }) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

/** A page from the phone at once, and freshened; else the server's. What she has just written is asked of the server. */
async function open(event, address) {
  if ((await here()).leaving && !(await signOutNow())) return drawn(PAGE);
  const kept = await found(address);
  if (!kept || wrote) return arrive(event, address, kept);
  late.delete(address);
  const shown = { tag: kept.headers.get("ETag"), isReload: event.request.cache !== "default" };
  let ready;
  const looked = new Promise((done) => (ready = done));
  event.waitUntil(freshen(event.resultingClientId, address, shown, event.preloadResponse, ready).then(ready));
  if (!address.startsWith("/ann")) return kept;
  await Promise.race([looked, after(SOON)]);
  return (await found(address)) ?? arrive(event, address);
}

/** The server's answer. Where there is none, or one is long in coming, what the phone has; the page is told when it is here. */
async function arrive(event, address, kept) {
  const answer = late.get(address) ?? asked(event, address);
  late.delete(address);
  event.waitUntil(receive(event.resultingClientId, address, answer).catch(() => {}));
  const first = await Promise.race([answer, after(SLOW)]).catch(() => null);
  if (first) return settled(first);
  late.set(address, answer);
  answer.then(settled).then(() => inform(event.resultingClientId, "anew"), () => late.delete(address));
  return kept ?? (await caches.open(NEWS).then((cache) => cache.match(address))) ?? drawn(PAGE);
}

function settled(answer) {
  wrote = false;
  return answer;
}

const drawn = (text, more) => new Response(text, { headers: { "Content-Type": "text/html;charset=utf-8", ...DOCUMENT, ...more } });

const asked = async (event, address) => (await event.preloadResponse) ?? dressed(await ask(address, { redirect: "manual" }));

/** As a document: what the worker asks for comes without those headers. */
const dressed = (answer) =>
  answer.type === "opaqueredirect"
    ? answer
    : new Response(answer.body, { status: answer.status, headers: [...answer.headers, ...Object.entries(DOCUMENT)] });

async function receive(client, address, answer) {
  const copy = (await answer).clone();
  if (copy.type !== "opaqueredirect") await take(address, Promise.resolve(copy));
  if (cramped && (await clients.get(client))) cramped = Boolean(await inform(client, { queue: [], cramped }));
  await Promise.all([report(), bringIfDue()]);
}

/** Look whether the page that is open is still true, and let it hear what is: always where nobody knows what it shows. */
async function freshen(client, address, { tag, isReload } = {}, preloaded, ready) {
  const { person } = await here();
  if (!person) return;
  const early = await preloaded?.catch(() => null);
  try {
    const isDue = early || !isFresh(await bookOf(person), address, Date.now(), isReload);
    const isGone = isDue && (await take(address, early ? Promise.resolve(early) : undefined)) === null;
    ready?.();
    await inform(client, isGone ? "anew" : await news(address, tag));
    await Promise.all([report(), bringIfDue()]);
  } catch {
    // no signal: the page stays as it is
  }
}

/** The page as the server drew it, where it is another one than was shown: what runs out was not offered on it. */
async function news(address, tag) {
  const { person } = await here();
  const kept = await (await caches.open(PAGES + person)).match(address);
  const text = await kept?.text();
  return text && (tag !== kept.headers.get("ETag") || text.includes(RUNS_OUT)) ? { fresh: text } : "same";
}

const inform = async (client, what) => (await clients.get(client))?.postMessage(what);

/** Something was written here: pages that may show it are asked for when they are opened. */
async function changed() {
  const { person } = await here();
  if (!person) return;
  (await bookOf(person)).since = Date.now();
  await shut(person);
}

function write(event) {
  wrote = true;
  event.waitUntil(changed());
}

/** What has not left is shown first. Also without a signal: what is hers goes now, and her session with the next one, before anything is shown. */
async function signOut(request) {
  const said = await request.formData();
  const owner = said.get("written_by");
  if ((await unsent()).some((one) => one.owner === owner)) return Response.redirect(`${WAITING}#${owner},leaving`, 303);
  const [answer] = await Promise.all([out(said).catch(() => null), depart()]);
  if (answer) return answer;
  await remember({ leaving: true });
  return Response.redirect("/", 303);
}

/** The server is told where something of others waits here: it would have the browser empty the phone of that too. */
const out = async (said = []) => fetch((await unsent()).length ? `${OUT}?left` : OUT, { method: "POST", body: new URLSearchParams(said), redirect: "manual" });

async function signOutNow() {
  const answer = await out().catch(() => null);
  return answer?.type === "opaqueredirect" && !(await remember({ leaving: false }));
}

/** What pushes need, for a phone that is pushed to: the empty page of an announcement; the icons in the browser's own cache. */
async function keepSheet() {
  if (!(await registration.pushManager?.getSubscription())) return;
  const cache = await caches.open(NAME);
  const icons = Object.values(ICONS).map((icon) => fetch(icon)); // else the first push would have all phones ask for them
  await Promise.all([cache.add(new Request(SHEET, { cache: "no-cache" })), ...icons]).catch(() => {}); // the next open tries again
}

async function hear(text) {
  const { title, options, ...rest } = read(text, NEUTRAL);
  await registration.showNotification(title, { ...options, ...ICONS });
  await Promise.allSettled([note("shown", rest.token), keep(rest, options), bringLater()]);
}

/** The announcement as a page of this phone. What was put right, or taken back, takes the place of every copy. */
async function keep({ sheet, number }, { silent, tag }) {
  const page = sheet && number && (await (await caches.open(NAME)).match(SHEET));
  const text = page ? fill(await page.text(), sheet, number) : "";
  if (silent) await replace(tag, /<article.*?<\/article>/s.exec(text)?.[0] ?? "");
  if (!page) return;
  const cache = await caches.open(NEWS);
  await cache.put(`/announcements/${number}`, drawn(text));
  await forget(MOST);
}

/** Only so many announcements stay, the newest; none, where somebody else may hold this phone now. */
async function forget(most = 0) {
  const cache = await caches.open(NEWS);
  const kept = (await cache.keys()).filter(({ url }) => !url.includes("?"));
  await Promise.all(kept.slice(0, Math.max(0, kept.length - most)).map((old) => cache.delete(old)));
}

async function tapped({ path = "/", token }) {
  await note("opened", token).catch(() => {});
  const target = location.origin + path;
  const all = await windows();
  const open = all.find(({ url }) => url === target) ?? all.find(({ url }) => !WRITING.test(new URL(url).pathname));
  if (!open) return clients.openWindow(path);
  await open.focus().catch(() => {});
  if (open.url !== target) await open.navigate(path).catch(() => clients.openWindow(path));
}

/** To be reported with the phone's next page: never at once, or all phones would call together. */
async function note(what, token) {
  if (token) await caches.open(NEWS).then((cache) => cache.put(`/deliveries?${what}=${encodeURIComponent(token)}`, new Response()));
}

/** What a page says of itself goes with the next one, too. */
async function noted(request) {
  await note("announcement", new URLSearchParams(await request.text()).get("announcement"));
  return new Response(null, { status: 204 });
}

async function report() {
  const cache = await caches.open(NEWS);
  const noted = (await cache.keys()).filter(({ url }) => url.includes("/deliveries?"));
  if (!noted.length) return;
  const body = new URLSearchParams(noted.flatMap(({ url }) => [...new URL(url).searchParams]));
  const answer = await fetch("/deliveries", { method: "POST", body });
  if (answer.status < 500) await Promise.all(noted.map((one) => cache.delete(one)));
}

async function subscribeAnew() {
  const { key, ...id } = await (await fetch("/subscriptions/key")).json();
  const held = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = held.toJSON();
  const body = new URLSearchParams({ endpoint, ...keys, ...id, again: 1 });
  await fetch("/subscriptions", { method: "POST", body });
}
