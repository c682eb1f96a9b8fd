// What the player, the recorder and the sending of parts decide by themselves. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { send } from "./parts.mjs";
import { clock, zeroOf } from "./player.mjs";
import { kindFor, whyNot } from "./recorder.mjs";

test("the clock goes on in the digits in which it stands", () => {
  assert.equal(clock(0), "0:00");
  assert.equal(clock(65.9), "1:05");
  for (const [text, zero] of [["0:21", "0"], ["०:२१", "०"], ["۰:۲۹", "۰"], ["᱀:᱂᱁", "᱀"], ["", "0"]]) assert.equal(zeroOf(text), zero || "0", text);
  assert.equal(clock(65, "०"), "१:०५");
});

test("the phone records in the best that it can", () => {
  assert.deepEqual(kindFor(() => true), ["audio/webm;codecs=opus", 12000]);
  assert.deepEqual(kindFor((kind) => kind === "audio/mp4"), ["audio/mp4", 24000], "an old iPhone");
  assert.deepEqual(kindFor(() => false), [undefined, 12000], "it may know better");
});

test("why there is no microphone", () => {
  for (const name of ["NotAllowedError", "SecurityError"]) assert.equal(whyNot({ name }), "blocked");
  for (const name of ["NotReadableError", "AbortError", "TrackStartError"]) assert.equal(whyNot({ name }), "taken");
  for (const name of ["NotFoundError", "TypeError"]) assert.equal(whyNot({ name }), "none");
});

/** A server that lays parts side by side. It loses what `loses` says: "request", "answer" or nothing, one after the other. */
function server(loses) {
  const [laid, seen] = [[], []];
  globalThis.fetch = async (_address, { headers, body }) => {
    const lost = loses.shift();
    if (lost === "request") throw new TypeError("no signal");
    if (lost === "refuses") return { ok: false, status: 413, headers: new Headers() };
    if (lost === "breaks") return { ok: false, status: 502, headers: new Headers() };
    const offset = headers["Upload-Offset"];
    seen.push(offset);
    const isNext = offset === laid.length;
    if (isNext) laid.push(...new Uint8Array(await body.arrayBuffer()));
    if (lost === "answer") throw new TypeError("no signal");
    return { ok: isNext, status: isNext ? 204 : 409, headers: new Headers({ "Upload-Offset": laid.length }) };
  };
  return { laid, seen };
}

const bytes = Uint8Array.from({ length: 80_000 }, (_, place) => (place * 7) % 251);
const file = new Blob([bytes]);
const at_once = async () => {};

test("all of it arrives once, whatever is lost", async () => {
  const { laid, seen } = server(["request", "", "answer", "breaks", "request", ""]);
  const told = [];
  assert.equal(await send(file, "/to", (share) => told.push(share), at_once), true);
  assert.deepEqual(Uint8Array.from(laid), bytes);
  assert.deepEqual(seen, [0, 32768, 32768, 65536], "what was lost on its way back was not laid twice");
  assert.equal(told.at(-1), 1);
});

test("where it can not go it is left to the form", async () => {
  server(Array(6).fill("request"));
  assert.equal(await send(file, "/to", () => {}, at_once), false);
  server(["", "refuses"]);
  assert.equal(await send(file, "/to", () => {}, at_once), false);
});
