// What static/late/push.js decides by itself. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import test from "node:test";

import { fields, isDue, isMadeWith, isOffered, stateOf } from "./push.mjs";

const DAY = 864e5;
const ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36";
const phone = { agent: ANDROID, touches: 5, standalone: false, able: true, permission: "default", isOn: false, held: false };

for (const [expected, differs] of [
  ["ask", {}],
  ["ask", { permission: "granted", held: true }],
  ["ask", { permission: "granted", isOn: true }], // the browser has lost it
  ["on", { permission: "granted", held: true, isOn: true }],
  ["ask", { permission: "default", held: true, isOn: true }],
  ["blocked", { permission: "denied", held: true, isOn: true }],
  ["inapp", { agent: ANDROID.replace("K)", "K; wv)") }],
  ["inapp", { agent: `${ANDROID} [FB_IAB/FB4A;FBAV/450.0.0.0]`, able: false }],
  ["inapp", { agent: `${ANDROID} WhatsApp/2.24` }],
  ["ios", { agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) Version/18.4 Safari/604.1", able: false }],
  ["ios", { agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.4 Safari/605.1", able: false }],
  ["unsupported", { agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", touches: 0, able: false }],
  ["unsupported", { agent: "Mozilla/5.0 (iPhone)", able: false, standalone: true }],
  ["ask", { agent: "Mozilla/5.0 (iPhone)", standalone: true }],
  ["unsupported", { able: false }],
]) {
  test(`${JSON.stringify(differs)}: ${expected}`, () => assert.equal(stateOf({ ...phone, ...differs }), expected));
}

test("the server is told again after a day, or as soon as something is another", () => {
  const told = { mark: "a", at: 1000 * DAY };
  assert.equal(isDue(told, "a", 1000 * DAY + 1), false);
  assert.equal(isDue(told, "b", 1000 * DAY + 1), true);
  assert.equal(isDue(told, "a", 1001 * DAY), true);
  assert.equal(isDue(told, "a", 999 * DAY), true, "the phone's clock was set back");
  assert.equal(isDue({ mark: "a" }, "a", 1), true);
});

test("an offer is made where it is of use, and not to whom has said no", () => {
  assert.deepEqual(["ask", "inapp", "ios"].map((state) => isOffered(state, NaN, DAY)), [true, true, true]);
  assert.deepEqual(["on", "blocked", "unsupported"].map((state) => isOffered(state, NaN, DAY)), [false, false, false]);
  assert.equal(isOffered("ask", 100 * DAY, 130 * DAY), false);
  assert.equal(isOffered("ask", 100 * DAY, 161 * DAY), true);
});

test("a subscription knows which key it was made with", () => {
  const applicationServerKey = Uint8Array.from([4, 251, 255, 254]).buffer; // BPv__g
  assert.equal(isMadeWith({ options: { applicationServerKey } }, "BPv__g"), true);
  assert.equal(isMadeWith({ options: { applicationServerKey } }, "BPv__g=="), true);
  assert.equal(isMadeWith({ options: { applicationServerKey } }, "BPv__w"), false);
  assert.equal(isMadeWith({}, "BPv__g"), true, "a browser that does not say is believed");
});

test("what the server is told", () => {
  const toJSON = () => ({ endpoint: "https://push.example/1", expirationTime: null, keys: { p256dh: "P", auth: "A" } });
  const expected = { endpoint: "https://push.example/1", p256dh: "P", auth: "A", key_id: "k", zone: "Asia/Kolkata" };
  assert.deepEqual(fields({ toJSON }, "k", "Asia/Kolkata"), expected);
});
