// static/late/away.js on a page in memory, beside the scripts that stand with it there, in their order. Run by tests/offline/test_scripts.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const HELP = "https://aangan.example/groups/5/help/1";
const later = () => new Promise((done) => setTimeout(done, 20));

/** A page with one form. `answers` are taken one after the other: an answer, or a promise of one; an Error is a lost signal. */
function opened(...answers) {
  const log = [];
  const sent = [];
  const listeners = { click: [], submit: [] };
  const fields = new Map([["key", "of the page"], ["text", "Come"]]);
  const element = (name) => ({ get value() { return fields.get(name); }, set value(value) { fields.set(name, value); } });
  const once = [];
  const form = {
    method: "post", action: HELP, enctype: "multipart/form-data", dataset: { once: "" }, matches: () => false, submit: () => log.push("plainly"),
    append: ({ name, value }) => fields.set(name, value), addEventListener: (name, listener) => name === "submit" && once.push(listener),
    elements: new Proxy({}, { get: (_none, name) => (fields.has(name) ? element(name) : undefined) }),
  };
  const note = { hidden: true };
  const numbers = { scrollIntoView: () => log.push("numbers") };
  const document = {
    documentElement: { dataset: { person: "hers" }, lang: "hi", replaceChildren: () => log.push("blank") }, createElement: () => ({ value: "" }),
    querySelector: (mark) => (mark.includes("tel:") ? numbers : null),
    querySelectorAll: (mark) => (mark === "[data-lost]" ? [note] : mark === "form[data-once]" ? [form] : []),
  };
  const context = vm.createContext({
    URL, URLSearchParams, Object, Number, JSON, navigator: {}, document, setTimeout, crypto, self: { crypto },
    FormData: class extends FormData { constructor() { super(); for (const [name, value] of fields) this.set(name, value); } },
    location: { replace: (to) => log.push(to), pathname: "/groups/5/help/1", search: "" },
    fetch: async (_to, { body, keepalive }) => {
      sent.push({ ...Object.fromEntries(body), keepalive });
      const answer = await answers.shift();
      if (answer instanceof Error) throw answer;
      return answer;
    },
    addEventListener: (name, listener) => listeners[name]?.push(listener),
  });
  for (const name of ["away", "once", "page"]) vm.runInContext(`{${readFileSync(`${name}.mjs`, "utf8")}}`, context);
  const tapped = (href) => {
    const way = { href, closest: () => way };
    for (const listener of listeners.click) listener({ target: way, preventDefault() {} });
  };
  const submits = async (submitter = null) => {
    const event = { target: form, submitter, defaultPrevented: false, preventDefault() { this.defaultPrevented = true; } };
    for (const listener of [...once, ...listeners.submit]) (listener(event), await null);
    await later();
  };
  return { log, sent, note, fields, form, submits, hides: () => tapped("https://aangan.example/calendar"), follows: tapped };
}

const there = { redirected: true, url: "https://aangan.example/help/31", status: 200 };
const gone = () => new TypeError("no signal");

test("hiding hides before the next page is there", () => {
  const page = opened();
  page.hides();
  assert.deepEqual(page.log, ["blank", "https://aangan.example/calendar"]);
  page.follows("https://aangan.example/help/31");
  assert.equal(page.log.filter((one) => one === "blank").length, 1);
});

test("what comes after it was hidden brings nothing back, and her call went", async () => {
  let answer;
  const page = opened(new Promise((done) => (answer = done)));
  await page.submits();
  page.hides();
  answer(there);
  await later();
  assert.deepEqual(page.log, ["blank", "https://aangan.example/calendar"]);
  assert.deepEqual(page.sent.map(({ keepalive }) => keepalive), [true], "the browser goes on with it");
});

test("a voice that a page can not leave behind stays, her call goes under the same key", async () => {
  const page = opened(new Promise(() => {}), there);
  page.fields.set("voice", new File([new Uint8Array(90000)], "voice.webm"));
  await page.submits();
  page.hides();
  const [whole, rest] = page.sent;
  assert.equal(whole.keepalive, false);
  assert.deepEqual({ ...rest, voice: undefined }, { ...whole, keepalive: true, voice: undefined });
  assert.equal("voice" in rest, false);
});

test("without a signal the page stays, says so, and goes again as the same call", async () => {
  const page = opened(gone(), { status: 502 }, there);
  await page.submits();
  assert.deepEqual([page.note.hidden, page.log], [false, ["numbers"]]);
  await page.submits();
  assert.deepEqual(page.log, ["numbers", "numbers"]);
  await page.submits();
  assert.equal(page.log.at(-1), there.url);
  assert.equal(new Set(page.sent.map(({ key }) => key)).size, 1);
});

test("other words are another call", async () => {
  const page = opened(gone(), there);
  await page.submits();
  page.fields.set("text", "Come at once");
  await page.submits();
  assert.equal(new Set(page.sent.map(({ key }) => key)).size, 2);
});

test("it says who wrote it, and which button was pressed", async () => {
  const page = opened(there);
  await page.submits({ name: "what", value: "ration", textContent: " Food " });
  assert.deepEqual([page.sent[0].written_by, page.sent[0].pressed, page.sent[0].what], ["hers", "Food", "ration"]);
});

test("what is refused goes as any form does", async () => {
  const page = opened({ redirected: false, status: 422 });
  await page.submits({ name: "what", value: "ration", textContent: "" });
  assert.deepEqual([page.log, page.fields.get("what")], [["plainly"], "ration"]);
});
