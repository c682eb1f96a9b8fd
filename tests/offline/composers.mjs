// Who opens a composer, and who sends from it: what static/sw/writes.js keeps, and static/sw/rooms/3-rooms.js in front of it.
// Run by tests/offline/test_scripts.py, beside plain.js and pins.js: the worker of a phone, and that of a phone with PINs.
import assert from "node:assert/strict";
import { test } from "node:test";
import { started } from "./worker.mjs";

const PATHS = ["/groups/5/questions/new", "/groups/5/talk/new", "/groups/5/announcements/new"];
const HERS = "<!doctype html>HER COMPOSER";
const lost = () => { throw new TypeError("no signal"); };
const server = (method, path) => {
  if (path === "/phone/hide" || path === "/me/sign-out") return Object.defineProperty(new Response(), "type", { value: "opaqueredirect" });
  return path === "/phone/key" ? new Response("", { status: 404 }) : new Response(HERS);
};
const said = async (answer) => (await answer).text();
const enters = `roomOf({ mark: "hers", keys: "ab".repeat(64) }).then((one) => { room = one; globalThis.held = one; return remember({ person: "hers" }); })`;

for (const path of PATHS) {
  test(`who has hidden without a signal is out before ${path} is asked for`, async () => {
    const phone = started("pins.js");
    await phone.navigates("/phone/hide", { method: "POST" });
    phone.net = server;
    phone.asked.length = 0;
    await phone.navigates(path);
    assert.equal(phone.asked[0], "POST /phone/hide");
    assert.ok(phone.asked.includes("GET /phone/key"), "the doors, or her PIN: as for any page");
  });
}

test("nothing goes as hers who has hidden, before the server knows it", async () => {
  const phone = started("pins.js");
  await phone.navigates("/phone/hide", { method: "POST" });
  const form = () => ({ method: "POST", body: new URLSearchParams({ text: "x", key: "k", written_by: "hers" }) });
  phone.asked.length = 0;
  await phone.navigates("/groups/5/talk", form());
  assert.deepEqual(phone.asked, ["POST /phone/hide"]);
  phone.net = server;
  phone.asked.length = 0;
  await phone.navigates("/groups/5/talk", form());
  assert.equal(phone.asked[0], "POST /phone/hide");
});

test("in her room she writes without a signal, also once the worker has slept", async () => {
  const phone = started("pins.js");
  phone.net = server;
  await phone.run(enters);
  await phone.navigates(PATHS[0]);
  phone.net = lost;
  assert.equal(await said(phone.navigates(PATHS[0])), HERS);
  phone.run("room = null"); // it slept; her window has the key
  phone.windows.push({ postMessage: (told, [port]) => told.room === "key?" && port.postMessage(phone.run("held")) });
  assert.equal(await said(phone.navigates(PATHS[0])), HERS);
});

test("nobody's window, nobody's composer", async () => {
  const phone = started("pins.js");
  phone.net = server;
  await phone.run(enters);
  await phone.navigates(PATHS[0]);
  phone.net = lost;
  phone.run("room = null");
  assert.notEqual(await said(phone.navigates(PATHS[0])), HERS);
});

test("whoever left without a signal is signed out before a composer is asked for", async () => {
  const phone = started("plain.js");
  await phone.run(`remember({ leaving: true })`);
  assert.notEqual(await said(phone.navigates(PATHS[1])), HERS);
  phone.net = server;
  phone.asked.length = 0;
  await phone.navigates(PATHS[1]);
  assert.equal(phone.asked[0], "POST /me/sign-out");
});

test("her composers go with her, also where her session was ended from elsewhere", async () => {
  const phone = started("plain.js");
  phone.net = server;
  await phone.run(`remember({ person: "hers" })`);
  await phone.navigates(PATHS[1]);
  phone.net = lost;
  assert.equal(await said(phone.navigates(PATHS[1])), HERS);
  phone.net = () => new Response("", { status: 401, headers: { Vary: "Available-Dictionary" } });
  await phone.navigates("/groups/5");
  phone.net = lost;
  assert.notEqual(await said(phone.navigates(PATHS[1])), HERS);
});
