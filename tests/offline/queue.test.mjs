// What static/sw/queue.js and static/late/queue.js decide by themselves. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { fateOf, heldUp, waitsAs } from "./queue.mjs";
import { editorOf, kindOf, placeOf, statesOf } from "./waiting.mjs";

for (const [expected, ...paths] of [
  ["write", "/groups/12/announcements", "/groups/12/membership", "/announcements/7", "/announcements/7/acknowledgement", "/groups/12/talk", "/messages/5/reaction"],
  ["write", "/groups/12/questions", "/questions/7/answers"],
  ["", "/questions/7/taker", "/questions/7/withdrawal", "/questions/7/no-help", "/questions/7/handover", "/questions/7/heard"],
  ["write", "/j/ABC-def", "/requests/3/approval", "/requests/3/refusal"],
  ["", "/help/7/answer", "/help/7/return", "/groups/12/help/1", "/groups/12/answers/like"],
  ["report", "/reading", "/groups/12/talk/reading"],
  ["", "/deliveries", "/me/sign-out", "/enter/abc", "/code", "/communities", "/memberships/4/role", "/memberships/4/end", "/sessions/2/end"],
  ["", "/messages/5/removal", "/messages/5/undo", "/groups/12/talk/new", "/announcements/7/removal", "/announcements/7/withdrawal", "/announcements/7/pin", "/announcements/7/replies/door", "/groups/12/settings", "/groups/12/mute"],
  ["write", "/groups/12/rumours", "/rumours/announcement/7", "/rumours/message/7"],
  ["", "/rumours/7/answer", "/rumours/7/heard", "/answers/7/help", "/rumours/7/removal", "/answers/7", "/answers/7/end", "/questions/7/permit", "/questions/7/good"],
  ["", "/", "/x/groups/12/announcements", "/groups/12/announcements/", "/groups/x/announcements", "/j/a/b", "/requests/3/undo"],
]) {
  for (const path of paths) test(`${path} waits as "${expected}"`, () => assert.equal(waitsAs(path), expected));
}

test("what an answer means", () => {
  assert.equal(fateOf({ type: "opaqueredirect", status: 0 }), "sent");
  const fates = { sent: [200, 204, 303], refused: [400, 403, 404, 409, 410, 413, 422], absent: [401], waits: [408, 425, 429, 500, 502, 503, 504] };
  for (const [fate, all] of Object.entries(fates)) {
    for (const status of all) assert.equal(fateOf({ type: "basic", status }), fate, status);
    if (fate !== "waits") for (const status of all) assert.equal(fateOf({ type: "basic", status }, true), fate, status);
  }
  assert.equal(fateOf({ type: "basic", status: 429 }, true), "refused", "our own page says how long, and she may send it then");
  for (const status of [408, 425, 500, 502, 503]) assert.equal(fateOf({ type: "basic", status }, true), "waits", status);
});

test("what is held up by one that could not go", () => {
  const one = { owner: "asha", url: "/groups/1/announcements", tries: 0 };
  assert.equal(heldUp("lost", { ...one, tries: 99 }), "all", "a signal that is not there is there for nobody");
  assert.equal(heldUp("absent", one), "asha", "only hers wait for her");
  assert.equal(heldUp("waits", one), "all", "the order is kept");
  assert.equal(heldUp("waits", { ...one, tries: 3 }), one.url, "one at which the server breaks each time holds up no other");
  assert.equal(heldUp("sent", one) + heldUp("refused", one), "");
});

test("the list says what each is, where it belongs and where it can be changed", () => {
  const on = (path) => `https://aangan.example${path}`;
  const told = (path) => [kindOf(on(path)), placeOf(on(path)), editorOf({ url: on(path), id: 5 })];
  assert.deepEqual(told("/groups/12/announcements"), ["announcement", "/groups/12", "/groups/12/announcements/new?draft=5"]);
  assert.deepEqual(told("/groups/12/talk"), ["message", "/groups/12/talk", "/groups/12/talk/new?draft=5"]);
  assert.deepEqual(told("/messages/7/reaction"), ["answer", "/messages/7", ""]);
  assert.deepEqual(told("/announcements/7"), ["words", "/announcements/7", "/announcements/7/edit?draft=5"]);
  assert.deepEqual(told("/announcements/7/acknowledgement"), ["answer", "/announcements/7", ""]);
  assert.deepEqual(told("/groups/12/questions"), ["question", "/groups/12", "/groups/12/questions/new?draft=5"]);
  assert.deepEqual(told("/questions/7/answers"), ["answer", "/questions/7", "/questions/7/answers/new?draft=5"]);
  assert.deepEqual(told("/announcements/7/replies"), ["answer", "/announcements/7", "/announcements/7/replies/new?draft=5"]);
  assert.deepEqual(told("/groups/12/rumours"), ["question", "/groups/12", "/groups/12/rumours/new?draft=5"]);
  assert.deepEqual(told("/rumours/message/7"), ["answer", "/", ""]);
  assert.deepEqual(told("/groups/12/membership"), ["join", "/groups/12", ""]);
  assert.deepEqual(told("/j/code"), ["join", "/", ""]);
  assert.deepEqual(told("/requests/3/approval"), ["answer", "/", ""]);
});

test("one that waits for its writer says so", () => {
  assert.deepEqual(statesOf({ state: "waits", why: "absent" }), ["waits", "absent"]);
  assert.deepEqual(statesOf({ state: "waits", why: "lost" }), ["waits"]);
  assert.deepEqual(statesOf({ state: "refused", why: "absent" }), ["refused"]);
});
