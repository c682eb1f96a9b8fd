// What static/js/heard.js reports of a page that is looked at. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { waitsAs } from "./queue.mjs";

const form = { action: "/groups/12/talk/reading", entries: [["upto", "7"]], hidden: false };
const sent = [];
Object.assign(globalThis, {
  document: { documentElement: { dataset: { person: "hers" } }, visibilityState: "visible", querySelectorAll: () => [form], addEventListener() {} },
  FormData: class {
    constructor({ entries }) {
      return entries;
    }
  },
  setTimeout: (act, _soon, ...given) => act(...given),
  clearTimeout() {},
  fetch: async (path, { body }) => sent.push([path, String(body)]),
});
await import("./heard.mjs");

test("it says how far, and whose it is: without that it could not wait for a signal", () => {
  assert.deepEqual(sent, [["/groups/12/talk/reading", "upto=7&written_by=hers"]]);
  assert.equal(waitsAs(sent[0][0]), "report");
  assert.ok(form.hidden);
});
