// What the worker decides by itself about pages. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { wanted } from "./bring.mjs";
import { beyond, isFresh, whose } from "./pages.mjs";

const MARK = "0123456789abcdef";
const page = (tag) => `<!doctype html>\n<html lang="hi" dir="ltr"${tag}>\n<head></head><body></body>\n</html>`;

for (const [expected, text] of [
  [MARK, page(` data-person="${MARK}" data-kept`)],
  ["", page(' data-person="" data-kept')],
  [null, page("")],
  [undefined, page(` data-person="${MARK}" data-kept`).slice(0, -8)], // cut in the middle
  [null, `<p>${page(` data-person="${MARK}" data-kept`)}`], // somebody's words are no first tag
  [null, `<!doctype html><html><p data-person="${MARK}" data-kept></html>`],
  [undefined, ""],
]) {
  test(`whose: ${expected} of ${text.length} letters`, () => assert.equal(whose(text), expected));
}

const NOON = new Date(2026, 10, 21, 12).getTime();
const SAID = "/announcements/1";
const book = (checked, more = {}) => ({ since: 0, pages: { "/": { checked, taken: checked }, [SAID]: { checked, taken: checked } }, ...more });

for (const [expected, address, held, now] of [
  [true, SAID, book(NOON), NOON + 1000],
  [false, SAID, book(NOON), NOON + 60001],
  [false, SAID, book(NOON), NOON - 1000], // the clock went back
  [false, SAID, book(NOON), NOON + 9e9], // the clock jumped
  [false, "/announcements/2", book(NOON), NOON + 1000],
  [false, SAID, book(NOON, { since: NOON }), NOON + 1000],
  [false, "/", book(NOON), NOON + 1000], // a board is asked for whenever it is opened
  [false, SAID, book(NOON, { pages: { [SAID]: { checked: NOON, taken: NOON - 864e5 } } }), NOON + 1000], // it says "today" of yesterday
]) {
  test(`fresh: ${expected} of ${address} at ${now - NOON}`, () => assert.equal(isFresh(held, address, now), expected));
}

test("the least recently used goes first, by number and by size", () => {
  const pages = { a: { used: 3, size: 10 }, b: { used: 1, size: 10 }, c: { used: 2, size: 100 } };
  assert.deepEqual(beyond(pages, { pages: 3, bytes: 120 }), []);
  assert.deepEqual(beyond(pages, { pages: 2, bytes: 120 }), ["b"]);
  assert.deepEqual(beyond(pages, { pages: 3, bytes: 50 }), ["b", "c"]);
  assert.deepEqual(beyond({}, { pages: 0, bytes: 0 }), []);
});

test("wanted: what is to be there and is not, and what bears another mark", () => {
  const list = { brought: { "/": "1", "/groups": "2" }, known: { "/announcements/1": "3", "/announcements/2": "4" } };
  const pages = { "/": { mark: "1" }, "/announcements/1": { mark: "0" } };
  assert.deepEqual(wanted(list, pages), [["/groups", "2"], ["/announcements/1", "3"]]);
});
