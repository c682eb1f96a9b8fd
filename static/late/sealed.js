// Talk alone: what is written is locked here and opened on the other phone. The server gets no key, and what was opened is on the
// screen alone. Each phone makes a key pair for each thread; its private half can not be read out, by this script neither.
const P256 = { name: "ECDH", namedCurve: "P-256" };
const ROUNDS = 200000; // what each try costs whoever looks for two keys of her own, one for either side, that show the same pictures
const SHOWN = 12; // pictures: about 70 bits, so that two lists of keys agree after 2^35 tries
const AGAIN = 10000; // milliseconds between two looks, only where somebody looks
const TRIES = 3; // of one word, where a phone or a word came in between
const SAID = [403, 422, 429]; // refusals that say what she can do: her measure, her words, how long to wait

const utf8 = (text) => new TextEncoder().encode(text);
export const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
export const toBytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (one) => one.charCodeAt(0));

/** A phone's pair for one thread: { privateKey, public }. */
export async function makePair() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(P256, false, ["deriveBits"]);
  return { privateKey, public: toText(await crypto.subtle.exportKey("raw", publicKey)) };
}

const publicKey = (text) => crypto.subtle.importKey("raw", toBytes(text), P256, false, []);
const shared = async (mine, theirs) => crypto.subtle.deriveBits({ name: "ECDH", public: await publicKey(theirs) }, mine, 256);

/** What a word belongs to. It opens nowhere else: not in another thread, from another side or phone, nor as another number. */
const boundTo = ({ thread, number, side, phone, ephemeral }) => utf8(["aangan sealed 1", thread, number, side, phone, ephemeral].join("|"));

/** The key that wraps for one phone: of this word's own pair, and of the sender's, so that nobody else can have written it. */
async function wrapper(word, reader, once, sender) {
  const both = await new Blob([once, sender]).arrayBuffer();
  const secret = await crypto.subtle.importKey("raw", both, "HKDF", false, ["deriveKey"]);
  const info = await new Blob([boundTo(word), utf8(`|for ${reader}`)]).arrayBuffer();
  return crypto.subtle.deriveKey({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(32), info }, secret, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

const ONCE = { name: "AES-GCM", iv: new Uint8Array(12) }; // a wrapping key is used for nothing else, ever

/** Lock `text` for these phones ([number, public key]); `word` says thread, number, side and phone. */
export async function lock(text, word, pair, phones) {
  const own = await makePair();
  const whole = { ...word, ephemeral: own.public };
  const [raw, iv] = [32, 12].map((size) => crypto.getRandomValues(new Uint8Array(size)));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt"]);
  const ciphertext = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: boundTo(whole) }, key, utf8(text));
  const wrapped = await Promise.all(phones.map(async ([phone, key]) => {
    const wrap = await wrapper(whole, phone, await shared(own.privateKey, key), await shared(pair.privateKey, key));
    return [phone, toText(await crypto.subtle.encrypt(ONCE, wrap, raw))];
  }));
  return { ...whole, iv: toText(iv), text: toText(ciphertext), wrapped };
}

/** The words, on the phone `reader`; throws where anything of it is not as it was locked. */
export async function unlock(word, sender, reader, pair) {
  const wrap = await wrapper(word, reader, await shared(pair.privateKey, word.ephemeral), await shared(pair.privateKey, sender));
  const raw = await crypto.subtle.decrypt(ONCE, wrap, toBytes(word.wrapped));
  const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["decrypt"]);
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: toBytes(word.iv), additionalData: boundTo(word) }, key, toBytes(word.text));
  return new TextDecoder("utf-8", { fatal: true }).decode(plain);
}

/** The same few pictures wherever the same phones take part; others as soon as a key is another one. */
export async function picturesOf(thread, publics, names, rounds = ROUNDS) {
  const secret = await crypto.subtle.importKey("raw", utf8([...publics].sort().join("|")), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt: utf8(`aangan pictures ${thread}`), iterations: rounds }, secret, SHOWN * 16);
  const left = [...names];
  return [...new Uint16Array(bits)].map((drawn) => left.splice(drawn % left.length, 1)[0]);
}

/** The keys of this browser's people, one for each thread. */
const base = () => new Promise((done, failed) => {
  const asked = indexedDB.open("aangan-sealed", 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore("keys");
  [asked.onsuccess, asked.onerror] = [() => done(asked.result), () => failed(asked.error)];
});

async function store(mode, act) {
  const opened = await base();
  return new Promise((done, failed) => {
    const asked = act(opened.transaction("keys", mode).objectStore("keys"));
    [asked.onsuccess, asked.onerror] = [() => done(asked.result), () => failed(asked.error)];
  }).finally(() => opened.close());
}

const nameOf = ({ thread }) => `${document.documentElement.dataset.person} ${thread}`;
const forget = (data) => store("readwrite", (keys) => keys.delete(nameOf(data))).catch(() => {});

async function pairOf(data) {
  const kept = await store("readonly", (keys) => keys.get(nameOf(data)));
  if (kept) return kept;
  const made = await makePair();
  await store("readwrite", (keys) => keys.put(made, nameOf(data)));
  return made;
}

const root = globalThis.document;
const one = (mark) => root.querySelector(`[data-${mark}]`);
const phonesOf = ({ phones }) => JSON.parse(phones).map(([number, side, key, isLive]) => ({ number, side, key, isLive }));
let pair, seen, timer;

/** Ask for the page, or send something to it and get the page that follows; `page: null` where it was erased, and without one {status}, with what a refusal says. */
async function ask(path, fields, mark) {
  const answer = await fetch(path, fields ? { method: "POST", body: new URLSearchParams(fields) } : { cache: "no-store", headers: mark ? { "If-None-Match": mark } : {} });
  const { status, ok } = answer;
  if (!ok && !SAID.includes(status)) return { status };
  const html = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!ok) return { status, said: html.querySelector("main h1")?.textContent };
  const found = html.querySelector("[data-sealed],[data-ready]");
  if (!found) return { status: 401 }; // sent on to another page, which says nothing of the thread: nobody is in here now
  seen = answer.headers.get("ETag");
  return { status: 200, page: found.dataset.thread ? found : null };
}

/** The thread as the server has it now, with whatever opens here opened. */
async function show(page) {
  const { thread } = one("sealed").dataset;
  if (page?.dataset.thread !== thread) {
    await forget({ thread }); // it was erased: so is the key to it
    return location.reload();
  }
  const next = root.importNode(page, true);
  await open(next);
  one("sealed").replaceWith(next);
  one("write") && (one("write").hidden = !next.querySelector("[data-compare]"));
}

async function open(section) {
  const { thread, own } = section.dataset;
  const keys = Object.fromEntries(phonesOf(section.dataset).map(({ number, side, key }) => [number, { side, key }]));
  keys[own] &&= { ...keys[own], key: pair.public }; // of ourselves we believe nobody
  for (const row of section.querySelectorAll("[data-number]")) {
    const { number, side, phone, ...locked } = row.dataset;
    const sender = keys[phone];
    if (!locked.wrapped || sender?.side !== side) continue;
    const plain = await unlock({ ...locked, thread, number, side, phone }, sender.key, own, pair).catch(() => null);
    if (plain !== null) row.querySelector("[data-plain]").textContent = plain;
  }
  await compare(section);
}

async function compare(section) {
  const place = section.querySelector("[data-pictures]");
  if (!place) return;
  const drawings = Object.fromEntries([...one("drawings").content.children].map((drawn) => [drawn.dataset.picture, drawn]));
  const publics = phonesOf(section.dataset).filter(({ isLive }) => isLive).map(({ number, key }) => (String(number) === section.dataset.own ? pair.public : key));
  for (const name of await picturesFor(section.dataset.thread, publics, Object.keys(drawings))) place.append(drawings[name].cloneNode(true));
  section.querySelector("[data-compare]").hidden = false;
}

const drawn = {};
const picturesFor = (thread, publics, names) => (drawn[[...publics].sort()] ??= picturesOf(thread, publics, names));

async function look() {
  if (root.visibilityState !== "visible") return;
  const { status, page } = await ask(one("sealed").dataset.sealed, null, seen).catch(() => ({}));
  if (status === 200) await take(page);
  else if (status === 401 || status === 404) location.reload();
}

/** What came is shown; and where the server does not know this phone's key (any more), it learns it. No answer is not "erased". */
async function take(page) {
  if (page === undefined) return;
  const data = page?.dataset;
  const known = data?.own && phonesOf(data).find(({ number }) => String(number) === data.own);
  if (data && known?.key !== pair.public) page = (await ask(data.sealed + "/phone", { public: pair.public })).page;
  if (page || !data) await show(page);
}

/** Locked for whoever takes part at this moment; where one came or went meanwhile, once more. As `ask`. */
async function send(text, key, tries = TRIES) {
  const { sealed, thread, last, side, own, phones, turn } = one("sealed").dataset;
  const live = phonesOf({ phones }).filter(({ isLive }) => isLive).map(({ number, key }) => [number, key]);
  const word = await lock(text, { thread, number: Number(last) + 1, side, phone: own }, pair, live);
  const fields = [["key", key], ["number", word.number], ["phone", own], ["ephemeral", word.ephemeral], ["iv", word.iv], ["ciphertext", word.text]];
  const answer = await ask(sealed + "/words", [...fields, ...word.wrapped.map((one) => ["wrapped", one.join(".")])]);
  if (answer.status === 409 && tries > 1) {
    const { page } = await ask(sealed);
    await take(page);
    // Words for one who helped go to somebody else only where she sends them to her.
    return page && one("sealed").dataset.turn === turn ? send(text, key, tries - 1) : {};
  }
  if (answer.page) await show(answer.page);
  return answer;
}

function listen(form) {
  const [field, failed] = [form.querySelector("textarea"), form.querySelector("[data-failed]")];
  const again = failed.querySelector("span").textContent;
  let key;
  field.oninput = () => (key = null);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const [button, text] = [form.querySelector("button"), field.value.trim()];
    if (button.disabled || !text) return;
    button.disabled = true;
    key ??= crypto.randomUUID();
    const { status, said } = await send(text, key).catch(() => ({}));
    failed.hidden = status === 200;
    if (failed.hidden) field.value = "";
    failed.querySelector("span").textContent = said || again;
    button.disabled = false;
  };
}

async function begin(section) {
  pair = await pairOf(section.dataset);
  one("write") && listen(one("write"));
  await take(section);
  root.addEventListener("visibilitychange", look);
  timer ??= setInterval(look, AGAIN);
}

if (root && globalThis.isSecureContext && globalThis.crypto?.subtle && globalThis.indexedDB) {
  for (const part of root.querySelectorAll("[data-needs]")) part.hidden = true;
  if (one("ready")) one("ready").hidden = false;
  const erased = one("erase")?.querySelector("form") ? null : one("erase");
  if (erased) forget(one("thread").dataset); // the key goes once the server says that the words are gone
  // A browser that may store nothing can keep no key: then this stays a page that says what it needs.
  if (one("sealed")) begin(one("sealed")).catch(() => root.querySelectorAll("[data-needs]").forEach((part) => (part.hidden = false)));
}
