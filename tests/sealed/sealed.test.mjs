// What static/late/sealed.js locks and opens. Run by tests/sealed/test_script.py.
import assert from "node:assert/strict";
import test from "node:test";

import { lock, makePair, picturesOf, toBytes, toText, unlock } from "./sealed.mjs";

const WORDS = "मुझे आज रात खाना चाहिए · 😀";
const WORD = { thread: "7", number: 3, side: "asks", phone: "11" };
const [hers, helper, stranger] = await Promise.all([makePair(), makePair(), makePair()]);
const PHONES = [[11, hers.public], [12, helper.public]];
const locked = await lock(WORDS, WORD, hers, PHONES);

/** As the page gives it to this phone: numbers are words there. */
const forPhone = (whole, phone) => ({ ...whole, number: String(whole.number), wrapped: whole.wrapped.find(([one]) => one === phone)[1] });

test("what is packed can be unpacked, and is as long as the server takes it", () => {
  const bytes = crypto.getRandomValues(new Uint8Array(65));
  assert.deepEqual(toBytes(toText(bytes)), bytes);
  assert.match(hers.public, /^B[\w-]{86}$/);
  assert.match(locked.ephemeral, /^B[\w-]{86}$/);
  assert.match(locked.iv, /^[\w-]{16}$/);
  for (const [, wrapped] of locked.wrapped) assert.match(wrapped, /^[\w-]{64}$/);
});

test("the longest words in the widest script fit", async () => {
  const { text } = await lock("न".repeat(2000), WORD, hers, PHONES);
  assert.ok(toBytes(text).length <= 8192);
});

test("both phones read it", async () => {
  assert.equal(await unlock(forPhone(locked, 11), hers.public, "11", hers), WORDS);
  assert.equal(await unlock(forPhone(locked, 12), hers.public, "12", helper), WORDS);
});

test("the private half can not be read out", async () => {
  for (const format of ["jwk", "pkcs8"]) await assert.rejects(crypto.subtle.exportKey(format, hers.privateKey));
});

test("a wrong key opens nothing", async () => {
  await assert.rejects(unlock(forPhone(locked, 12), hers.public, "12", stranger));
  await assert.rejects(unlock(forPhone(locked, 11), hers.public, "12", helper), "wrapped for another phone");
});

test("nobody else can have written it: the server knows all public keys, and that is not enough", async () => {
  const forged = await lock("I am she", WORD, stranger, PHONES);
  assert.equal(await unlock(forPhone(forged, 12), stranger.public, "12", helper), "I am she");
  await assert.rejects(unlock(forPhone(forged, 12), hers.public, "12", helper));
});

const swapped = { thread: "8", number: "4", side: "helps", phone: "12", ephemeral: helper.public, iv: toText(new Uint8Array(12)) };
for (const [name, value] of Object.entries(swapped))
  test(`another ${name}: refused`, () => assert.rejects(unlock({ ...forPhone(locked, 12), [name]: value }, hers.public, "12", helper)));

test("what belongs to another word, or is changed by a bit, is refused", async () => {
  const other = await lock("other words", { ...WORD, number: 4 }, hers, PHONES);
  const one = forPhone(locked, 12);
  for (const name of ["text", "wrapped"]) {
    await assert.rejects(unlock({ ...one, [name]: forPhone(other, 12)[name] }, hers.public, "12", helper), name);
    const bytes = toBytes(one[name]);
    bytes[bytes.length >> 1] ^= 1;
    await assert.rejects(unlock({ ...one, [name]: toText(bytes) }, hers.public, "12", helper), name);
  }
});

test("twice the same words look different each time", async () => {
  const again = await lock(WORDS, WORD, hers, PHONES);
  for (const name of ["ephemeral", "iv", "text"]) assert.notEqual(again[name], locked[name]);
});

test("the pictures are the same in whatever order, twelve, each there once, and others with another key", async () => {
  const names = Array.from({ length: 60 }, (_, place) => `p${place}`);
  const keys = [hers.public, helper.public];
  const found = await picturesOf("7", keys, names, 1000);
  assert.deepEqual(await picturesOf("7", [...keys].reverse(), names, 1000), found);
  assert.equal(new Set(found).size, 12);
  assert.notDeepEqual(await picturesOf("7", [hers.public, stranger.public], names, 1000), found);
  assert.notDeepEqual(await picturesOf("8", keys, names, 1000), found);
});
