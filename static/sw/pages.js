// Pages from the phone. Each is kept under the mark of the person whose it is (<html data-person data-kept>): nobody sees another's.

const PAGES = "aangan-pages-"; // and the mark; /offline/book in it says when each was used and looked after
const PHONE = "aangan-phone"; // /offline/phone: who is here, who still has to be signed out, when the list is due
const FRESH = 60000; // milliseconds for which an announcement that was looked after is not asked for again
const MOMENT = 3000; // milliseconds for which nothing is: a page that found out that it must be loaded anew has just asked
const BUDGET = { pages: 80, bytes: 2e6, window: 240 }; // until the server's own is known
const WHOSE = /^<!doctype html>\s*<html[^>]* data-person="(\w*)" data-kept>/;
const RUNS_OUT = 'class="card pending'; // with "kept" its buttons are out of sight
const PUT_RIGHT = /<article [^>]*id="(a\d+)">\s*<p.*?<\/article>/gs; // or taken back: what is said first stands before whose it is
const books = {};
let phone;
let cramped; // true where a page found no room and nobody was told
let tenure = 0; // another one once somebody left: what was asked for before is kept no more

async function jotted(name, address) {
  const kept = await (await caches.open(name)).match(address);
  return Object(await kept?.json().catch(() => null));
}

const jot = async (name, address, what) => (await caches.open(name)).put(address, new Response(JSON.stringify(what))).catch(() => {});

/** The notes of this phone; of one whose notes are broken nobody is known, and the next page says who it is. */
const here = () => (phone ??= jotted(PHONE, "/offline/phone"));

const remember = async (what) => jot(PHONE, "/offline/phone", Object.assign(await here(), what));

const bookOf = (mark) => (books[mark] ??= jotted(PAGES + mark, "/offline/book").then(({ pages, ...more }) => ({ since: 0, ...more, pages: Object(pages) })));

const shut = async (mark) => jot(PAGES + mark, "/offline/book", await bookOf(mark));

/** Whose page this is: "" nobody's, null where no phone may keep it, undefined where it is not whole. */
export function whose(text) {
  return text.trimEnd().endsWith("</html>") ? (WHOSE.exec(text)?.[1] ?? null) : undefined;
}

/** Whether it need not be asked for: looked after a moment ago, today, and since then nothing was written. A board always is, but for its own reload. */
export function isFresh({ pages, since }, address, now, isReload) {
  const { checked = 0, taken = 0 } = pages[address] ?? {};
  const isToday = new Date(taken).toDateString() === new Date(now).toDateString();
  const lasts = isReload ? MOMENT : address.startsWith("/announcements/") && FRESH;
  return isToday && checked > since && checked <= now && now - checked < lasts;
}

/** The addresses that go, the least recently used first, until the others are within the budget. */
export function beyond(pages, { pages: most, bytes }) {
  const oldest = Object.keys(pages).sort((one, other) => pages[one].used - pages[other].used);
  let count = oldest.length;
  let size = oldest.reduce((sum, address) => sum + pages[address].size, 0);
  return oldest.filter((address) => (count > most || size > bytes) && (count--, (size -= pages[address].size), true));
}

/** The page as the phone has it, if it is hers and whole; what runs out is not offered on it. */
async function found(address) {
  const { person } = await here();
  const kept = person && (await (await caches.open(PAGES + person)).match(address));
  if (!kept) return null;
  const text = await kept.text().catch(() => "");
  if (whose(text) !== person) return drop(address);
  const book = await bookOf(person);
  (book.pages[address] ??= { size: text.length }).used = Date.now();
  return drawn(text.replaceAll(RUNS_OUT, `${RUNS_OUT} kept`), { ETag: kept.headers.get("ETag") });
}

async function drop(address) {
  const { person } = await here();
  if (!person) return null;
  delete (await bookOf(person)).pages[address];
  await (await caches.open(NEWS)).delete(address);
  await (await caches.open(PAGES + person)).delete(address);
  return null;
}

/** The page for a worker: community/asked.py. */
const ask = (address, more) => fetch(address + (address.includes("?") ? "&kept" : "?kept"), { cache: "no-cache", ...more });

/** Ask for a page and keep what comes; null where it is gone from the phone. */
async function take(address, asked = ask(address)) {
  const began = tenure;
  const answer = await asked;
  return began === tenure && weigh(address, answer);
}

const isOurs = ({ headers }) => /Available-D/.test(headers.get("Vary")); // which nobody else says

async function weigh(address, answer) {
  // Only our own server takes pages off the phone: not a broken one, nor a stranger's page in between.
  if (!isOurs(answer) || answer.status >= 500 || answer.status === 429) return;
  if (answer.status === 401) return depart();
  if (!answer.ok || answer.redirected) return drop(address);
  const began = tenure;
  const text = await answer.text();
  const mark = whose(text);
  if (mark === undefined || began !== tenure) return;
  if (mark === null) return drop(address);
  return mark && (await welcome(mark)) ? keepPage(address, text, answer.headers) : depart();
}

/** The server says who is here now. */
async function welcome(mark) {
  const known = await here();
  if (known.person === mark) return mark;
  if (known.person) tenure++;
  await remember({ person: mark, was: "" });
  return mark;
}

async function keepPage(address, text, headers) {
  const { person } = await here();
  const [book, cache] = [await bookOf(person), await caches.open(PAGES + person)];
  const kept = await cache.match(address);
  const isSame = kept && kept.headers.get("ETag") === headers.get("ETag");
  if (!isSame && !(await put(cache, book, address, text, headers))) {
    cramped ??= true;
    return drop(address);
  }
  if (!isSame) for (const [card, tag] of text.matchAll(PUT_RIGHT)) await replace(tag, card, PAGES + person);
  const { used = Date.now(), mark } = book.pages[address] ?? {};
  const now = Date.now();
  book.pages[address] = { used, mark, size: text.length, style: styleOf(text), checked: now, taken: now };
  await shut(person);
}

/** Wherever the phone has this announcement it has this card from now on: on one person's pages, or on everybody's. */
async function replace(tag, card, where = /^aangan-(pages|news)/) {
  const old = /^a\d+$/.test(tag) && new RegExp(`<article [^>]*id="${tag}">.*?</article>`, "s");
  for (const name of old ? await caches.keys() : []) {
    const cache = name.match(where) && (await caches.open(name));
    for (const { url } of cache ? await cache.keys() : []) {
      if (/\/(photos|voices)\//.test(url)) continue;
      const text = await (await cache.match(url)).text();
      const fresh = text.replace(old, () => card);
      if (fresh !== text) await cache.put(url, drawn(fresh));
    }
  }
}

/** A full disk: the older half of the pages makes room, once; else this one is not kept, is read from the net, and she is told once. */
async function put(cache, book, address, text, headers) {
  const page = () => new Response(text, { headers: { ETag: headers.get("ETag") ?? "" } });
  const write = () => cache.put(address, page()).then(() => "", ({ name }) => name);
  const failed = await write();
  if (failed !== "QuotaExceededError") return !failed;
  await leaveOut(beyond(book.pages, { pages: Object.keys(book.pages).length / 2, bytes: BUDGET.bytes }));
  return !(await write());
}

const leaveOut = (addresses) => Promise.all(addresses.map(drop));

/** She has left the phone: what is here of her goes, and only that. */
async function depart() {
  const { person, was } = await here();
  const mark = person || was;
  tenure++;
  await remember({ person: "", was: "", due: 0 });
  await forget();
  await caches.delete(COMPOSERS);
  if (!mark) return null;
  delete books[mark];
  for (const one of await registration.getNotifications()) if (one.data?.path !== "/") one.close(); // a line that names nobody may be another's
  await forgetQueue(mark).catch(() => {});
  await caches.delete(PAGES + mark);
  return null;
}

const styleOf = (text) => /\/s\/aangan-\w+\.css/.exec(text)?.[0];

/** Somebody may have come or gone: the next page of the server says who is here. */
async function doubt() {
  const { person, was } = await here();
  tenure++;
  await remember({ person: "", was: person || was });
  await forget();
}
