// What static/late/sealed.js makes of each answer to a word: on a page of its own parts, with a net that says what is given. Run by tests/sealed/test_script.py.
import assert from "node:assert/strict";
import test from "node:test";

import { makePair } from "./sealed.mjs";

const NAME = "hers 7";
const AGAIN = "It was not sent. Try it again.";
const pair = await makePair();
const [keys, net, asked] = [new Map([[NAME, pair]]), [], []];
const request = (result) => {
  const one = { result };
  queueMicrotask(() => one.onsuccess());
  return one;
};
const kept = { get: (name) => request(keys.get(name)), put: (value, name) => request(keys.set(name, value)), delete: (name) => request(keys.delete(name)) };
const part = (more) => ({ querySelector: () => null, querySelectorAll: () => [], replaceWith() {}, hidden: true, ...more });

const phones = JSON.stringify([[11, "asks", pair.public, true]]);
const section = part({ dataset: { sealed: "/questions/5/sealed", thread: "7", last: "0", side: "asks", own: "11", turn: "0", phones } });
const [field, line, button] = [part({ value: "" }), part({ textContent: AGAIN }), part({ disabled: false })];
const failed = part({ querySelector: () => line });
const listening = {};
const form = part({ querySelector: (what) => ({ textarea: field, button, "[data-failed]": failed })[what] });
Object.defineProperty(form, "onsubmit", { set: (act) => listening.done(act) });
const submit = new Promise((done) => (listening.done = done));
let reloads = 0;

Object.assign(globalThis, {
  isSecureContext: true,
  setInterval: () => 1,
  location: { reload: () => reloads++ },
  indexedDB: { open: () => request({ transaction: () => ({ objectStore: () => kept }), close() {} }) },
  document: part({ documentElement: { dataset: { person: "hers" } }, importNode: (node) => node, addEventListener() {}, querySelector: (what) => ({ "[data-sealed]": section, "[data-write]": form })[what] ?? null }),
  fetch: async (path, { method = "GET" }) => {
    asked.push(`${method} ${path}`);
    const [status, text = ""] = net.shift();
    return new Response(text, { status });
  },
  DOMParser: class {
    parseFromString(text) {
      const found = { "main h1": /<h1>(.*)<\/h1>/.exec(text)?.[1], "[data-sealed],[data-ready]": /data-ready/.test(text) };
      return { querySelector: (what) => found[what] && { textContent: found[what], dataset: {} } };
    }
  },
});
await import("./sealed.mjs?on=a-page");
const send = await submit;

/** She sends a word, and this is answered. What was asked for, whether it says that it was not sent, and in which words. */
async function says(...answers) {
  net.splice(0, net.length, ...answers);
  asked.length = 0;
  field.value = "words";
  await send({ preventDefault() {} });
  return [asked, !failed.hidden && line.textContent];
}

const [WORDS, PAGE] = ["POST /questions/5/sealed/words", "GET /questions/5/sealed"];

for (const [name, ...second] of [["that broke down", 502], ["of a doorkeeper", 429], ["that is gone", 404], ["of another page", 200, "<main>the doors</main>"]])
  test(`a look ${name} takes no key away, and nothing is sent on it`, async () => {
    assert.deepEqual(await says([409], second), [[WORDS, PAGE], AGAIN]);
    assert.deepEqual([keys.get(NAME), field.value, reloads], [pair, "words", 0]);
  });

for (const status of [403, 422, 429])
  test(`a refusal says why: ${status}`, async () => {
    assert.deepEqual(await says([status, "<h1>Go on in 12 minutes.</h1>"]), [[WORDS], "Go on in 12 minutes."]);
    assert.deepEqual(await says([502, "<h1>Bad gateway</h1>"]), [[WORDS], AGAIN], "and the next failure does not repeat it");
    assert.equal(field.value, "words");
  });

test("one that no page of ours explains is said in our own words", async () => {
  assert.deepEqual(await says([429, "Too many requests"]), [[WORDS], AGAIN]);
});

test("where it was erased, the key goes, and nothing is sent any more", async () => {
  assert.deepEqual((await says([409], [200, "<div data-ready>"]))[0], [WORDS, PAGE]);
  assert.deepEqual([keys.size, reloads], [0, 1]);
});
