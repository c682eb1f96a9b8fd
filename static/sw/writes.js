// Keeps what is written, in the order of writing, until the server has it (queue.js says what may wait). It is stored before it is
// sent, so that nothing is lost when the browser dies; what the server has refused stays as a draft. Nothing is deleted unseen.
const COMPOSERS = "aangan-queue"; // of any release: a later one takes what they send
const WAITING = "/offline/waiting";
const COMPOSER = /^\/groups\/\d+\/(announcements|questions|talk)\/new(\?draft=\d+)?$/; // one that another address fills holds somebody's words
const PATIENT = 10000; // milliseconds that a page waits for its answer; sending goes on
const watched = new Map(); // id of what a page waits for → who takes the answer
let draining = null;

addEventListener("sync", (event) => {
  if (event.tag === "queue") event.waitUntil(drain().then((left) => left && Promise.reject()));
});

addEventListener("message", (event) => {
  const { queue, ...told } = event.data ?? {};
  if (ORDERS[queue]) event.waitUntil(ORDERS[queue](told, event.source));
});

const ORDERS = {
  async send({ language, composer }, page) {
    await listed().then((list) => list.length && page.postMessage({ queue: list }));
    await Promise.all([drain(), COMPOSER.test(composer) && ahead(language, composer)]);
  },
  retry: ({ id }) => change(id, { state: "waits", tries: 0, why: "" }).then(drain),
  discard: ({ id }) => change(id, { state: "discarded" }).then(tell),
  restore: ({ id, page }) => change(id, { state: page ? "refused" : "waits" }).then(drain),
  seen: ({ ids }) => Promise.all(ids.map(remove)),
  async open({ id }, page) {
    const found = await entry(id);
    if (found?.body) page.postMessage({ draft: { id, fields: [...(await fieldsOf(found))] } });
  },
};

/** True where this request is taken care of here. */
function handled(event) {
  const { request } = event;
  const { pathname, origin, search } = new URL(request.url);
  const isPage = request.mode === "navigate";
  if (origin !== location.origin) return false;
  const isPost = request.method === "POST";
  const as = isPost && waitsAs(pathname);
  if (isPage && as) event.respondWith(written(event, as));
  else if (as === "report") event.respondWith(reported(request));
  else if (isPost && pathname === "/deliveries") event.respondWith(noted(request));
  else if (pathname === WAITING || pathname.startsWith("/s/queue-")) event.respondWith(waitingPage(request));
  else if (isPage && COMPOSER.test(pathname + search)) event.respondWith(composer(event, pathname));
  else return event.waitUntil(LEAVING.test(pathname) && isPost && caches.delete(COMPOSERS));
  return true;
}

/** What somebody has written: stored, then sent after all that waits before it. The server's own answer, if it comes in time. */
async function written(event, as) {
  const again = event.request.clone();
  const one = await entryOf(event.request, as).catch(() => ({}));
  if (!one.owner) return fetch(again);
  const id = await Promise.race([shelve(one).catch(() => 0), after(SLOW)]);
  if (!id) return fetch(again).catch(noRoom);
  const answer = new Promise((done) => watched.set(id, done));
  const drained = drain();
  event.waitUntil(drained);
  const found = await Promise.race([answer, drained, after(PATIENT)]);
  watched.delete(id);
  event.waitUntil(after(1000).then(() => Promise.all([seen(event.resultingClientId, id), ahead()])));
  return found instanceof Response ? found : Response.redirect(`${WAITING}#${one.owner}`, 303);
}

const after = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** A refusal that came to its page needs no draft on the shelf: the page has the words. A page that is gone has not. */
async function seen(page, id) {
  const one = await entry(id);
  if (one?.isAnswered && page && (await clients.get(page))) await remove(id);
}

async function entryOf(request, as) {
  const type = request.headers.get("Content-Type");
  const one = { as, url: request.url, type, body: await request.arrayBuffer(), at: Date.now(), state: "waits", tries: 0 };
  const fields = await fieldsOf(one);
  const words = (fields.get("text") || fields.get("pressed")) ?? "";
  const key = fields.get("key") ?? one.at + Math.random();
  const owner = fields.get("written_by");
  return { ...one, owner, words, key: `${owner} ${key}`, photo: Boolean(fields.get("photo")?.size), voice: Boolean(fields.get("voice")?.size || fields.get("voice_parts")), draft: Number(fields.get("draft")) };
}

const fieldsOf = ({ body, type }) => new Response(body, { headers: { "Content-Type": type } }).formData();

/** A report of the page itself waits only where there is no signal. */
async function reported(request) {
  const again = request.clone();
  return fetch(request).catch(async (lost) => {
    const one = await entryOf(again, "report");
    if (!one.owner || !(await shelve(one).catch(() => 0))) throw lost;
    await later();
    return new Response(null, { status: 204 });
  });
}

/** No storage and no signal: the page stays as it is, with the words in it, and says so. */
async function noRoom() {
  await say({ queue: [], full: true });
  return new Response(null, { status: 204 });
}

/** Sends what waits. A round that is under way does not count: it may have begun without a signal. */
async function drain() {
  await draining?.catch(() => {});
  return (draining ??= sendAll().finally(() => (draining = null)));
}

/** One after the other. Whether something is left that only lacks a signal. */
async function sendAll() {
  const held = new Set();
  for (let one, last = 0; !held.has("all") && (one = await nextAfter(last)); last = one.id) {
    if (!held.has(one.owner) && !held.has(one.url)) held.add(heldUp(await send(one), one));
  }
  if (held.has("all")) await later();
  await tell();
  return held.has("all");
}

/** Send it as its page would have; what became of it. */
async function send(one) {
  const { url, type, body } = one;
  spend("sent", body.byteLength);
  try {
    const signal = AbortSignal.timeout?.(60000 + body.byteLength); // a photo may crawl at 1 kB a second
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": type }, body, redirect: "manual", signal });
    return await settle(one, answer, fateOf(answer, isOurs(answer)));
  } catch {
    return "lost";
  }
}

async function settle(one, answer, fate) {
  const page = fate === "refused" ? await answer.clone().text() : "";
  const isOver = fate === "sent" || fate === "refused";
  const taken = isOver && watched.get(one.id);
  if (isOver && (one.as === "report" || (taken && fate === "sent"))) await remove(one.id);
  else if (isOver) await change(one.id, { state: fate, page, isAnswered: Boolean(taken) });
  else await change(one.id, { tries: one.tries + 1, why: fate });
  if (taken) taken(answer);
  return fate;
}

const later = () => registration.sync?.register("queue").catch(() => {});

const windows = () => clients.matchAll({ type: "window", includeUncontrolled: true });

async function say(what) {
  for (const one of await windows()) one.postMessage(what);
}

/** Pages that are open show what waits. */
const tell = async () => say({ queue: await listed() });

/** The composer as it was last seen, where there is no signal. It holds no word of anybody, and the phone makes its key. */
async function composer(event, path) {
  if ((await here()).leaving) return open(event, path);
  const cache = await caches.open(COMPOSERS);
  try {
    const answer = (await event.preloadResponse) ?? (await fetch(event.request));
    if (answer.ok) event.waitUntil(cache.put(path, answer.clone()).catch(() => {}));
    return answer;
  } catch {
    return (await cache.match(path, { ignoreVary: true })) ?? drawn(PAGE);
  }
}

async function waitingPage(request) {
  return (await (await caches.open(NAME)).match(request, { ignoreSearch: true, ignoreVary: true })) ?? (await caches.match(request, { ignoreSearch: true, ignoreVary: true })) ?? fetch(request).catch(() => drawn(PAGE));
}

/**
 * The page of what waits, its script, and the composer that a page leads to: on the phone before they are needed. For who may
 * announce or has written something; whoever only reads does not pay for it.
 */
async function ahead(language, path) {
  const composers = await caches.open(COMPOSERS);
  const files = await caches.open(NAME);
  const kept = await files.match(WAITING, { ignoreVary: true });
  const isStale = !kept || (language && kept.headers.get("Content-Language") !== language);
  const isMissing = path && (isStale || !(await composers.match(path, { ignoreVary: true })));
  await Promise.all([isStale && bringWaiting(files), isMissing && composers.add(path)]).catch(() => {}); // the next open tries again
}

async function bringWaiting(cache) {
  const answer = await fetch(WAITING);
  const [, script] = /data-queue="([^"]+)"/.exec(await answer.clone().text());
  await Promise.all([cache.add(script), cache.put(WAITING, answer)]);
}
