// On a phone with PINs everything of a person is stored sealed: AES-GCM, with a key that the server gives after her PIN and that
// lies in memory alone (here, and in the windows that are open). Caches are the browser's own, but for what is hers in them.

let room = null; // { mark, seal, place }: whose room is open, the key that seals, the key that hides what is where
const browsers = self.caches;
const SEALED = "/sealed/";
const IV = 12; // bytes
const encoded = (words) => new TextEncoder().encode(words);
const hexOf = (bytes) => Array.from(new Uint8Array(bytes), (one) => one.toString(16).padStart(2, "0")).join("");
const bytesOf = (hex) => Uint8Array.from(hex.match(/../g), (two) => parseInt(two, 16));

/** The keys as the server gives them; no script can read them out again. */
async function roomOf({ mark, keys }) {
  const [seal, place] = await Promise.all([
    crypto.subtle.importKey("raw", bytesOf(keys.slice(0, 64)), "AES-GCM", false, ["encrypt", "decrypt"]),
    crypto.subtle.importKey("raw", bytesOf(keys.slice(64)), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]),
  ]);
  return { mark, seal, place };
}

/** Sealed for this place: it opens nowhere else. */
async function sealed({ seal }, bytes, at) {
  const iv = crypto.getRandomValues(new Uint8Array(IV));
  const shut = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: encoded(at) }, seal, bytes);
  return new Blob([iv, shut]).arrayBuffer();
}

const unsealed = ({ seal }, bytes, at) => crypto.subtle.decrypt({ name: "AES-GCM", iv: new Uint8Array(bytes, 0, IV), additionalData: encoded(at) }, seal, new Uint8Array(bytes, IV));

/** A name from which nothing can be read. */
const hidden = async ({ place }, name) => hexOf(await crypto.subtle.sign("HMAC", place, encoded(name)));

const pathIn = (request) => {
  const { pathname, search } = new URL(request.url ?? request, location);
  return pathname + search;
};

/** What is somebody's: her pages, photos and voices, what pushes brought, a composer with a group's name; not a push's token. */
const isHers = (name, path) => name.startsWith(PAGES) || (name === NEWS && !/[?](shown|opened)=/.test(path)) || COMPOSER.test(path);

/** Headers and body as one. */
async function packed(path, answer) {
  const head = encoded(JSON.stringify({ path, headers: [...answer.headers] }));
  return new Blob([new Uint32Array([head.length]), head, await answer.arrayBuffer()]).arrayBuffer();
}

function unpacked(whole) {
  const [size] = new Uint32Array(whole, 0, 1);
  const { path, headers } = JSON.parse(new TextDecoder().decode(new Uint8Array(whole, 4, size)));
  return { path, answer: new Response(whole.slice(4 + size), { headers }) };
}

class Vault {
  constructor(name, cache) {
    Object.assign(this, { name, cache });
  }

  /** The open room, if what lies here is of that person; and where this lies. */
  async #at(path) {
    const mine = room;
    if (!mine || (this.name.startsWith(PAGES) && this.name !== PAGES + mine.mark)) return {};
    return { mine, place: SEALED + (await hidden(mine, `${this.name} ${path}`)) };
  }

  async match(request, options) {
    const path = pathIn(request);
    if (!isHers(this.name, path)) return this.cache.match(request, options);
    const { mine, place } = await this.#at(path);
    const kept = place && (await this.cache.match(place));
    return kept && (await this.#open(mine, kept, place))?.answer;
  }

  #open = async (mine, kept, place) => unpacked(await unsealed(mine, await kept.arrayBuffer(), place));

  /** Nothing is stored where no room is open. */
  async put(request, answer) {
    const path = pathIn(request);
    if (!isHers(this.name, path)) return this.cache.put(request, answer);
    const { mine, place } = await this.#at(path);
    if (place) await this.cache.put(place, new Response(await sealed(mine, await packed(path, answer), place)));
  }

  async delete(request, options) {
    const path = pathIn(request);
    if (!isHers(this.name, path)) return this.cache.delete(request, options);
    const { place } = await this.#at(path);
    return Boolean(place) && this.cache.delete(place);
  }

  /** Those that can be opened, and what is nobody's. */
  async keys() {
    const all = await this.cache.keys();
    return (await Promise.all(all.map((one) => (pathIn(one).startsWith(SEALED) ? this.#named(one) : one)))).filter(Boolean);
  }

  async #named(request) {
    const place = pathIn(request);
    const kept = room && (await this.cache.match(request));
    const found = kept && (await this.#open(room, kept, place).catch(() => null));
    return found && { url: new URL(found.path, location).href };
  }

  async add(request) {
    const answer = await fetch(request);
    if (!answer.ok) throw new TypeError("not kept");
    await this.put(request, answer);
  }
}

const isVault = (name) => name.startsWith(PAGES) || name === NEWS || name === COMPOSERS;

const caches = {
  open: async (name) => (isVault(name) ? new Vault(name, await browsers.open(name)) : browsers.open(name)),
  match: (...asked) => browsers.match(...asked),
  keys: () => browsers.keys(),
  delete: (name) => browsers.delete(name),
};

/** What was stored in the clear before there were PINs. */
async function clear() {
  for (const name of (await browsers.keys()).filter(isVault)) {
    const cache = await browsers.open(name);
    for (const one of await cache.keys()) if (!pathIn(one).startsWith(SEALED) && isHers(name, pathIn(one))) await cache.delete(one);
  }
}
