// What static/sw/payload.js makes of anything that a push may say. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { pathOf, read } from "./payload.mjs";

const HERE = "https://aangan.example";
const NEUTRAL = { title: "Aangan", body: "There is something new.", lang: "hi", dir: "ltr" };
const GOOD = {
  web_push: 8030,
  notification: {
    title: "Grade 3", body: "आज छुट्टी है", lang: "ur", dir: "rtl", navigate: "/announcements/12", tag: "a12",
    data: { delivery: "abc_-1", announcement: 12, sheet: { words: "आज छुट्टी है" } },
  },
};
const with_ = (more) => JSON.stringify({ web_push: 8030, notification: { ...GOOD.notification, ...more } });

test("a good one is shown as it says", () => {
  const { title, options, number, sheet, token } = read(JSON.stringify(GOOD), NEUTRAL);
  assert.equal(title, "Grade 3");
  const data = { path: "/announcements/12", token: "abc_-1" };
  assert.deepEqual(options, { body: "आज छुट्टी है", lang: "ur", dir: "rtl", tag: "a12", renotify: true, silent: false, data });
  assert.deepEqual([number, sheet, token], [12, { words: "आज छुट्टी है" }, "abc_-1"]);
});

test("what was put right takes the place of the other without a sound", () => {
  for (const [silent, said] of [[true, true], [false, false], ["yes", false], [1, false]]) {
    const { options } = read(with_({ silent }), NEUTRAL);
    assert.deepEqual([options.silent, options.renotify], [said, !said]); // browsers refuse both at once
  }
});

for (const broken of ["", "{", "null", "7", '"text"', "[]", "[1]", "{}", '{"notification":null}', '{"notification":[]}',
  '{"notification":"x"}', '{"notification":{"title":"only"}}', '{"notification":{"title":{},"body":[]}}', "\u0000", "💥"]) {
  test(`${JSON.stringify(broken)} is shown as a neutral line`, () => {
    const { title, options, number, sheet, token } = read(broken, NEUTRAL);
    const { body, lang, dir } = options;
    assert.deepEqual({ title, body, lang, dir }, NEUTRAL);
    assert.equal(options.tag, "aangan");
    assert.deepEqual(options.data, { path: "/", token: "" });
    assert.deepEqual([number, sheet, token], [0, null, ""]);
  });
}

test("a part that is broken does not spoil the rest", () => {
  const { title, options, number, sheet } = read(with_({ lang: "<b>", dir: "up", tag: 5, data: "x" }), NEUTRAL);
  assert.equal(title, "Grade 3");
  assert.deepEqual([options.lang, options.dir, options.tag, number, sheet], ["<b>", "auto", "aangan", 0, null]);
});

test("only a path of this site is opened", () => {
  for (const path of ["/", "/announcements/12", "/groups/3?before=1-2#a7"]) assert.equal(pathOf(path), path);
  for (const foreign of ["https://evil.example/", "//evil.example/x", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "data:text/html,x", "http://aangan.example/", "https://aangan.example.evil.example/", "https://user@evil.example/",
    "blob:https://aangan.example/1", "https://aangan.example:444/", "http://[", "/.//evil.example/x",
    `${HERE}//evil.example`, `${HERE}/groups/3`, "/groups//3", "/groups\n", "/\u0000", null, undefined, 7, {}, `/${"x".repeat(400)}`]) {
    assert.equal(pathOf(foreign), "/", String(foreign));
    assert.equal(read(with_({ navigate: foreign }), NEUTRAL).options.data.path, "/");
  }
});
