// A long recording goes in parts that the server lays side by side; after a lost connection it goes on where the server says.
const PART = 32768; // bytes
const TRIES = 6; // of one part, in about a minute

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

/** Where the next part begins, as the server's answer says it; null where it takes none. */
export function nextOf({ ok, status, headers }) {
  return ok || status === 409 ? Number(headers.get("Upload-Offset")) : status >= 500 ? undefined : null;
}

/** True once all of it has arrived; false where it did not, and goes with its form. `tell` hears the share that has. */
export async function send(file, address, tell, wait = pause) {
  for (let at = 0, tries = 0; at < file.size; tell(at / file.size)) {
    const part = { method: "PATCH", headers: { "Upload-Offset": at }, body: file.slice(at, at + PART), signal: AbortSignal.timeout?.(60000) };
    const next = await fetch(address, part).then(nextOf, () => undefined);
    if (next === null || (next === undefined && ++tries === TRIES)) return false;
    if (next === undefined) await wait(1000 * 2 ** tries);
    else [at, tries] = [next, 0];
  }
  return true;
}
