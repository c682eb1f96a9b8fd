// Rooms behind PINs: a page is shown once the room's key is at hand; a tap hides, also without a signal; whoever goes or comes
// closes what was open. Closing drops the key, and an online PIN brings it back.

const KEY = "/phone/key";
const HIDE = "/phone/hide";
const DOORS = "/phone";
const CALENDAR = "/calendar";
const NOBODYS = /^\/(phone(\/\d+)?|me\/pin|code|language|calendar|(enter|j|listen)\b.*)(\?.*)?$/;
const TRYING = /^\/phone\/\d+$/; // a PIN is tried here
const SHORT = 500; // milliseconds for a window to say which key it holds
let looking;
let isGoing = false; // she leaves this phone for good, and takes all along

/** The room that is open, from memory or from a window of hers; null where only a PIN helps. */
async function atHand() {
  if (room) return room;
  const [{ person }, held] = [await here(), await Promise.all((await windows()).map(keyIn))];
  return (room ??= held.find((one) => one && one.mark === person) ?? null);
}

const keyIn = (page) =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => done(data);
    page.postMessage({ room: "key?" }, [port2]);
    setTimeout(done, SHORT);
  });

/** "open", or what the server says of who asks: "ask" (for the PIN), "nobody", "away" (no signal). */
async function look() {
  if (await atHand()) return "open";
  if (!(await isShut())) return "away"; // who has hidden is out first, or the server would give her key once more
  try {
    const answer = await fetch(KEY, { cache: "no-store" });
    if (answer.ok && !answer.redirected) return (await enter(await answer.json()), "open");
    return answer.status === 410 && isOurs(answer) ? "ask" : "nobody";
  } catch {
    return "away";
  }
}

const looked = () => (looking ??= look().finally(() => (looking = null)));

async function enter(told) {
  const mine = await roomOf(told);
  forgetBooks();
  await remember({ person: mine.mark, was: "" });
  room = mine;
  await tidyShelf(mine, told.people).catch(() => {});
  const gone = (name) => name.startsWith(PAGES) && !told.people.includes(name.slice(PAGES.length));
  await Promise.all((await browsers.keys()).filter(gone).map((name) => browsers.delete(name)));
  await tellWindows();
}

const tellWindows = async () => (await windows()).forEach((page) => page.postMessage({ room: "keys", keys: room }));

const forgetBooks = () => Object.keys(books).forEach((mark) => delete books[mark]);

/** Nobody is in any more: the key goes first. */
async function close() {
  room = null;
  tenure++;
  forgetBooks();
  late.clear();
  for (const page of await windows()) page.postMessage({ room: "closed" });
  for (const one of await registration.getNotifications()) if (one.data?.path !== "/") one.close();
  await remember({ person: "", was: "", due: 0 });
  return null;
}

/** The server locks, too: now, or before anything else is asked of it. */
async function hideNow() {
  const answer = await fetch(HIDE, { method: "POST", redirect: "manual" }).catch(() => null);
  return answer?.type === "opaqueredirect" && !(await remember({ hiding: false }));
}

async function hide(event) {
  await Promise.all([close(), remember({ hiding: true })]);
  event.waitUntil(hideNow());
  return Response.redirect(CALENDAR, 303);
}

const isShut = async () => !(await here()).hiding || hideNow();

/** A PIN is tried: nothing stays open beside it, and who has hidden is out first. */
async function tried(request) {
  await close();
  return (await isShut()) ? fetch(request).catch(() => drawn(PAGE)) : drawn(PAGE);
}

/** This month from the phone, if it was fetched today. */
async function calendar(event) {
  const kept = await (await browsers.open(NAME)).match(CALENDAR);
  const fresh = keepCalendar();
  event.waitUntil(fresh.catch(() => {}));
  const isToday = kept && new Date(kept.headers.get("Date")).toDateString() === new Date().toDateString();
  const answer = isToday ? null : await Promise.race([fresh, after(1000)]).catch(() => null);
  return drawn(await (answer ?? kept ?? new Response(PAGE)).text());
}

async function keepCalendar() {
  const answer = await fetch(CALENDAR);
  if (answer.ok) await (await browsers.open(NAME)).put(CALENDAR, answer.clone());
  return answer;
}

const onward = async (event) => (await event.preloadResponse) ?? fetch(event.request);

const before = { open, composer, written, depart, signOut, weigh, welcome, hear, freshen, photo, bringIfDue };

open = async (event, address) => {
  const { leaving } = await here();
  if (address === CALENDAR) return calendar(event);
  if (leaving) return before.open(event, address);
  if (!(await isShut())) return drawn(PAGE);
  if (NOBODYS.test(address)) return onward(event).catch(() => drawn(PAGE));
  const found = await looked();
  if (found === "open") return before.open(event, address);
  if (found === "ask") return (await close(), await hideNow(), Response.redirect(DOORS, 303));
  return onward(event).catch(() => drawn(PAGE));
};

/** As any page: only in a room that is open. */
composer = async (event, path) => {
  const isIn = !(await here()).leaving && (await isShut()) && (await looked()) === "open";
  return isIn ? before.composer(event, path) : open(event, path);
};

/** Nothing is sent as hers who has hidden, until the server knows that she has. */
written = async (event, as) => ((await isShut()) ? before.written(event, as) : noRoom());

depart = () => (isGoing ? before.depart() : close());
doubt = close; // eslint-disable-line no-func-assign

signOut = async (request) => {
  isGoing = true;
  const answer = await before.signOut(request).finally(() => (isGoing = false));
  if (!(await here()).person) await close();
  return answer;
};

/** Sent to the doors: the room was locked from elsewhere. */
weigh = async (address, answer) => (answer.redirected && NOBODYS.test(new URL(answer.url).pathname) ? close() : before.weigh(address, answer));

welcome = async (mark) => {
  if (room && room.mark !== mark) await close();
  return before.welcome(mark);
};

/** One line that names nobody, whatever came: it may have been sent before there were PINs. */
hear = (text) => {
  const { token, options } = read(text, NEUTRAL);
  return before.hear(JSON.stringify({ notification: { ...NEUTRAL, tag: options.tag, data: { delivery: token } } }));
};

freshen = async (...asked) => (await atHand()) && before.freshen(...asked);
bringIfDue = async () => (await atHand()) && before.bringIfDue();

photo = async (event, address) => {
  await atHand();
  return before.photo(event, address);
};

addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (origin !== location.origin || request.mode !== "navigate" || request.method !== "POST") return;
  if (pathname === HIDE) event.respondWith(hide(event));
  else if (TRYING.test(pathname)) event.respondWith(tried(request));
});

addEventListener("message", (event) => {
  const { room: asked, isOpen: isPast } = event.data ?? {};
  if (asked === "who") event.waitUntil((isPast ? looked() : atHand()).then(() => event.source.postMessage({ room: "keys", keys: room })));
});

addEventListener("activate", (event) => {
  event.waitUntil(clear().then(keepCalendar).then(looked).catch(() => {}));
});
