// Shows what waits on this phone: on top of a page, and on a page of its own. The words come with the page of the server's.
const root = globalThis.document?.documentElement;
const [mark, leaving] = root ? location.hash.slice(1).split(",") : [];
const isOwn = root && location.pathname === "/offline/waiting";
const person = root?.dataset.person ?? mark;
const AGAIN = 30000; // milliseconds: so often it is tried while somebody looks
const MOST = 3; // on top of another page
let part, timer, shown;
let isCramped;

const order = (queue, told) => navigator.serviceWorker.controller?.postMessage({ queue, ...told });

/** What a path that something was posted to stands for in the list. */
export function kindOf(url) {
  const path = new URL(url).pathname;
  if (/^\/announcements\/\d+$/.test(path)) return "words";
  return { announcements: "announcement", talk: "message", questions: "question", rumours: "question", membership: "join" }[path.split("/").pop()] ?? (path.startsWith("/j/") ? "join" : "answer");
}

/** Where it can be opened again to be changed; "" where there is nothing to change. */
export function editorOf({ url, id }) {
  const path = new URL(url).pathname;
  const editor = kindOf(url) === "words" ? `${path}/edit` : /\/(announcements|talk|questions|rumours|answers|replies)$/.test(path) && `${path}/new`;
  return editor ? `${editor}?draft=${id}` : "";
}

/** The page that it was about. */
export const placeOf = (url) => /^\/(?:groups\/\d+(?:\/talk)?|(?:announcements|messages|questions)\/\d+)/.exec(new URL(url).pathname)?.[0] ?? "/";

/** The states whose parts of the list are shown. */
export const statesOf = ({ state, why }) => (state === "waits" && why === "absent" ? ["waits", "absent"] : [state]);

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

/** Why the server refused it, in the words of its own page. */
function reasonIn(page) {
  const html = parsed(page);
  const found = [...html.querySelectorAll(".wrong span, main h1")].map((one) => one.textContent.trim());
  return [...new Set(found)].join(" ");
}

async function section() {
  if (isOwn) return document.querySelector("[data-waiting]");
  const page = parsed(await (await fetch("/offline/waiting")).text());
  const found = document.adoptNode(page.querySelector("[data-waiting]"));
  document.querySelector("main").prepend(found);
  return found;
}

const only = (card, name, wanted) => {
  for (const one of card.querySelectorAll(`[data-${name}]`)) if (!one.dataset[name].split(" ").some((value) => wanted.includes(value))) one.remove();
};

function drawn(one) {
  const card = part.querySelector("template").content.firstElementChild.cloneNode(true);
  const editor = editorOf(one);
  only(card, "kind", [kindOf(one.url)]);
  only(card, "state", [...statesOf(one), ...(editor ? ["editable"] : []), ...(one.photo ? ["photo"] : []), ...(one.voice ? ["voice"] : [])]);
  const put = (name, text) => card.querySelector(`[data-${name}]`)?.append(text);
  put("words", one.words);
  put("reason", reasonIn(one.page ?? ""));
  put("at", new Date(one.at).toLocaleString(root.lang, { weekday: "long", hour: "numeric", minute: "2-digit" }));
  card.querySelector("[data-place]").href = placeOf(one.url);
  if (editor && card.querySelector("[data-editor]")) card.querySelector("[data-editor]").href = editor;
  for (const button of card.querySelectorAll("[data-do]")) button.onclick = () => order(button.dataset.do, one);
  return card;
}

/** What the worker tells: the list, that there was no room, or a draft to be opened again. */
export async function show({ queue, full, cramped, draft }) {
  isCramped ||= cramped; // it is so until the page is left
  if (draft) return refill(draft);
  const mine = queue.filter(({ owner }) => owner === person);
  const isPlace = isOwn || full || document.querySelector("nav.nav");
  if (!isPlace || !(mine.length || full || isCramped || part || isOwn)) return;
  part = await (part ?? (part = section()));
  shown = mine;
  const all = isOwn ? mine : mine.slice(0, MOST);
  part.querySelector("[data-more]").hash = person;
  part.querySelector("[data-list]").replaceChildren(...all.map(drawn));
  const waits = mine.some(({ state }) => /waits|refused/.test(state));
  const parts = { none: isOwn && !mine.length, more: mine.length > all.length, leaving: leaving && waits, leave: leaving && !waits, full, cramped: isCramped };
  for (const [name, is] of Object.entries(parts))
    for (const one of document.querySelectorAll(`[data-${name}]`)) one.hidden = !is;
  if (full) for (const form of document.forms) delete form.dataset.sent; // it may be sent again
  if (full) part.scrollIntoView();
  clearTimeout(timer);
  if (mine.some(({ state }) => state === "waits")) timer = setTimeout(() => document.visibilityState === "visible" && order("send", { language: root.lang }), AGAIN);
}

const add = (form, name, value) => form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));

/** The composer with everything in it that was written before, and whom it answers. */
function refill({ id, fields }) {
  const form = document.querySelector("form.compose");
  for (const [name, value] of fields) {
    const field = form.elements[name];
    if (!field && name === "to") add(form, name, value);
    if (!field || name === "key") continue;
    if (value instanceof File) {
      const chosen = new DataTransfer();
      if (value.size) chosen.items.add(value);
      field.files = chosen.files;
    } else if (field.type === "checkbox") field.checked = true;
    else field.value = value;
    (field[0] ?? field).dispatchEvent(new Event("change", { bubbles: true }));
  }
  add(form, "draft", id);
}

if (root) {
  // What was sent is forgotten once it was looked at, and so is what was discarded.
  addEventListener("pagehide", () => {
    const over = (shown ?? []).filter(({ state }) => /sent|discarded/.test(state)).map(({ id }) => id);
    if (over.length) order("seen", { ids: over });
  });
}
