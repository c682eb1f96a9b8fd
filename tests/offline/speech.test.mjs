// What static/late/speech.js decides by itself. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { beyond, partAt, wordsOf } from "./speech.mjs";

const part = (isHeard, parentElement = null, more = {}) => ({ matches: () => isHeard, parentElement, ...more });

test("words are found as the server finds them", () => {
  const one = (textContent, label = null) => wordsOf({ textContent, getAttribute: () => label });
  assert.equal(one("  Hear \n it\t"), "Hear it");
  assert.equal(one("7", "seven"), "seven");
});

test("the outermost part is heard, and none where there is none", () => {
  const outer = part(true, part(false));
  const inner = part(true, part(false, outer));
  assert.equal(partAt(part(false, inner)), outer);
  assert.equal(partAt(part(false, part(false))), null);
});

test("a field is heard by its label", () => {
  const label = part(true);
  assert.equal(partAt(part(false, null, { labels: [label] })), label);
});

test("only so many clips stay, the newest", () => {
  assert.deepEqual(beyond(["a", "b", "c"], 2), ["a"]);
  assert.deepEqual(beyond(["a"], 2), []);
});
