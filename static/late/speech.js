// Says what is on the page, one thing at a time, marking it; until it is left, a tap on anything says it instead of doing it.
// The words and marks come from /listen, as the server read this page. What was heard once is on the phone, by its words.
const root = globalThis.document?.documentElement;
const HEARD = "h1,h2,h3,legend,p,a,button,summary,label,.grow";
const MOST = 300; // clips on the phone
const LASTS = 6048e5; // milliseconds after which a clip is asked for again, where there is a signal: a person may have said it since
let player, on, run, marked, bar, asked;

/** The words of a part, as the server finds them. */
export const wordsOf = (part) => (part.getAttribute("aria-label") || part.textContent).split(/\s+/).join(" ").trim();

/** The part that is heard where this is tapped: none stands inside another. */
export const partAt = (place) => {
  let found = null;
  for (let one = place; one?.matches; one = one.parentElement) if (one.matches(HEARD)) found = one;
  return found ?? place.labels?.[0] ?? null;
};

/** The clips that go, the oldest first, until only so many are left. */
export const beyond = (keys, most) => keys.slice(0, Math.max(0, keys.length - most));

/** With her pages; a browser that may store nothing asks anew. */
const room = () => Promise.resolve(root.dataset.person).then((person) => (person ? caches.open("aangan-pages-" + person) : null)).catch(() => null);
const keyOf = (words) => `/speech/?${root.lang}=${encodeURIComponent(words)}`;

/** What can be heard here, as the server says: asked once for each page that is looked at. */
const page = () =>
  (asked ??= fetch("/listen").then(async (answer) => {
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    const foot = new Response(found.querySelector("[data-bar]").innerHTML);
    await (await room())?.put("/speech/?bar", foot).catch(() => {});
    return found;
  }).catch(() => (asked = null)));

const onServer = async (words) => [...((await page())?.querySelectorAll("[data-words]") ?? [])].find((one) => one.dataset.words === words)?.dataset;

/** {sound, voice}: from the phone, or fetched and kept; nothing where there is neither. */
async function clipOf(words) {
  const cache = await room();
  const kept = await cache?.match(keyOf(words));
  if (kept && Date.now() - kept.headers.get("At") < LASTS) return read(kept);
  const { clip, voice } = (await onServer(words)) ?? {};
  const answer = clip && (await fetch(clip).catch(() => null));
  if (!answer?.ok) return kept && read(kept);
  const sound = await answer.blob();
  const copy = () => new Response(sound, { headers: { "Content-Type": sound.type, At: Date.now(), Voice: voice } });
  await cache?.put(keyOf(words), copy()).then(() => tidy(cache)).catch(() => {});
  return read(copy());
}

const read = async (kept) => ({ sound: await kept.blob(), voice: kept.headers.get("Voice") });

async function tidy(cache) {
  const keys = (await cache.keys()).filter(({ url }) => url.includes("/speech/?"));
  if (!(await cache.match(import.meta.url))) await cache.add(import.meta.url); // it speaks without a signal, too
  await Promise.all(beyond(keys, MOST).map((one) => cache.delete(one)));
}

/** Says one thing, until it is over or stopped. */
async function say(part, turn) {
  mark(part);
  const { sound, voice } = (await clipOf(wordsOf(part))) ?? {};
  if (turn !== run) return;
  await show(voice);
  if (!sound || turn !== run) return;
  globalThis.sounding?.pause(); // one thing sounds at a time, whichever script it is from
  player = globalThis.sounding = new Audio(URL.createObjectURL(sound));
  await new Promise((done) => {
    player.onpause = player.onended = player.onerror = done;
    player.play().catch(done);
  });
  URL.revokeObjectURL(player.src);
}

function stop() {
  run = null;
  player?.pause();
  mark(null);
}

function mark(part) {
  if (marked) Object.assign(marked.style, { outline: "", outlineOffset: "" });
  marked = part;
  if (part) Object.assign(part.style, { outline: "4px solid var(--gold)", outlineOffset: "3px" });
  part?.scrollIntoView({ block: "nearest" });
}

/** At the foot of the page, as long as it listens: whose voice it is, and a way to stop. The button on top may be out of sight. */
async function show(voice) {
  if (!bar) {
    const said = asked ? (await page())?.querySelector("[data-bar]").innerHTML : await (await (await room())?.match("/speech/?bar"))?.text();
    bar = new DOMParser().parseFromString(said || "<div></div>", "text/html").body.firstElementChild;
    Object.assign(bar.style, { position: "fixed", insetInline: "8px", insetBlockEnd: "80px", margin: "0 auto", maxInlineSize: "28rem", zIndex: 2 });
    document.body.append(bar);
  }
  bar.hidden = !on;
  for (const mark of bar.querySelectorAll("[data-machine]")) mark.style.visibility = voice === "machine" ? "" : "hidden";
}

/** The news first: what stands around it is the same on every page. */
const inSight = () => {
  const parts = ["h1", `main :is(${HEARD})`, ".dock button", `header :is(${HEARD})`, "nav.nav a"].flatMap((kind) => [...document.querySelectorAll(kind)]);
  return [...new Set(parts)].filter((part) => partAt(part) === part && part.getClientRects().length && part !== on && wordsOf(part));
};

async function readAll() {
  const turn = (run = {});
  for (const part of inSight()) {
    await say(part, turn);
    if (turn !== run) return;
  }
  stop(); // it goes on listening: who is slow to tap would else do what she wanted to hear
}

const leave = () => {
  stop();
  for (const name of ["role", "aria-pressed"]) on?.removeAttribute(name);
  if (bar) bar.hidden = true;
  on = null;
};

async function sayAlone(part) {
  stop();
  const turn = (run = {});
  await say(part, turn);
  if (turn === run) stop();
}

/** The button was tapped: begin with the whole page, or leave. One that names parts of it says those alone. */
export function listen(button) {
  const [was, { listen: named }] = [on, button.dataset];
  if (was) leave();
  if (was && (was === button || !named)) return;
  on = button;
  for (const [name, value] of [["role", "button"], ["aria-pressed", "true"]]) on.setAttribute(name, value);
  return named ? sayThese(document.querySelectorAll(named)) : readAll();
}

async function sayThese(parts) {
  const turn = (run = {});
  for (const part of parts) {
    await say(part, turn);
    if (turn !== run) return;
  }
  leave();
}

/** Another language shall speak from now on: what was kept of the one before goes, then the button does what it does. */
export async function tapped(button) {
  const cache = await room();
  for (const one of (await cache?.keys()) ?? []) if (one.url.includes("/speech/?")) await cache.delete(one);
  button.click(button.removeAttribute("data-late"));
}

if (root) {
  addEventListener("click", (event) => {
    if (!on || event.target.closest("[data-listen]")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (bar?.contains(event.target)) return leave();
    const part = partAt(event.target);
    if (part) sayAlone(part);
    else stop();
  }, true);
  addEventListener("pagehide", leave);
}
