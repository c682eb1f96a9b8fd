// A page from the phone, or one that lay open, becomes true in place: what the server changed is changed, and nothing else. What
// was typed, what has the focus and what other scripts did stay; so does the place where somebody reads.
const worker = navigator.serviceWorker;
const was = document.body.cloneNode(true); // as the server drew it
const twins = new WeakMap(); // the node of this page for each of those

const link = (old, live) => {
  const [one, other] = [old, live].map((node) => document.createNodeIterator(node));
  for (let node; (node = one.nextNode()); ) twins.set(node, other.nextNode());
  return old;
};

const keyOf = (node) => node.nodeType === 1 && [node.tagName, node.id || ["action", "href", "name"].map((name) => node.getAttribute(name)).find(Boolean) || node.classList[0]].join();

const isTyped = (field) => field.value !== field.defaultValue && !/hidden|checkbox|radio/.test(field.type);
const holdsTyping = (node) => node.nodeType === 1 && [node, ...node.querySelectorAll("*")].some((one) => /^(INPUT|TEXTAREA)$/.test(one.tagName) && isTyped(one));

function merge(old, next) {
  if (old.isEqualNode(next)) return old;
  const both = [old, twins.get(old)];
  if (old.nodeType === 1) {
    for (const { name } of [...old.attributes]) if (!next.hasAttribute(name)) both.forEach((one) => one.removeAttribute(name));
    for (const { name, value } of next.attributes) if (old.getAttribute(name) !== value) both.forEach((one) => one.setAttribute(name, value));
    mergeInside(...both, next);
  } else both.forEach((one) => (one.data = next.data));
  return old;
}

function mergeInside(old, live, next) {
  const rest = [...old.childNodes];
  const matched = [...next.childNodes].map((child) => {
    const at = rest.findIndex((one) => one.nodeType === child.nodeType && keyOf(one) === keyOf(child));
    return [child, at < 0 ? null : rest.splice(at, 1)[0]];
  });
  for (const gone of rest) {
    if (!holdsTyping(twins.get(gone))) twins.get(gone).remove();
    gone.remove();
  }
  let after = null;
  for (const [child, same] of matched.reverse()) after = place(old, live, same ? merge(same, child) : copied(child), after);
}

const copied = (node) => link(node.cloneNode(true), document.importNode(node, true));

const put = (old, live, node, after) => {
  const ahead = twins.get(after);
  old.insertBefore(node, after);
  live.insertBefore(twins.get(node), ahead?.parentNode === live ? ahead : null);
};

/** Brought before `after`, on the page as in what the server drew; rather the space around it is moved: what moves loses the focus. */
function place(old, live, node, after) {
  while (node.parentNode === old && node.nodeType === 1 && node.nextSibling !== after && node.nextSibling?.nodeType === 3) put(old, live, node.nextSibling, node);
  if (node.parentNode !== old || node.nextSibling !== after) put(old, live, node, after);
  return node;
}

/** What can not be changed in place: the language, whose page it is, the release. */
const shell = ({ documentElement: { lang, dataset }, querySelectorAll }, page) => [lang, dataset.person, ...querySelectorAll.call(page, "link[rel=stylesheet],script[src]")].map((one) => one?.outerHTML ?? one).join();

const anew = () => holdsTyping(document.body) || location.reload();

function become(text) {
  const next = new DOMParser().parseFromString(text, "text/html");
  if (shell(next, next) !== shell(document, document)) return anew();
  const { style } = document.documentElement;
  const seen = [...document.querySelectorAll("main [id]")].map((one) => [one, one.getBoundingClientRect()]).filter(([, { bottom }]) => bottom > 0);
  style.overflowAnchor = "none"; // a browser that keeps the place by itself would keep it twice
  merge(was, document.importNode(next.body, true));
  document.title = next.title;
  const [one, { top } = {}] = seen.find(([one]) => one.isConnected) ?? [];
  if (one && scrollY) scrollBy({ top: one.getBoundingClientRect().top - top, behavior: "instant" });
  requestAnimationFrame(() => (style.overflowAnchor = ""));
  document.dispatchEvent(new Event("fresh"));
}

link(was, document.body);
worker?.addEventListener("message", ({ data }) => (data.fresh ? become(data.fresh) : data === "anew" && anew()));
worker?.startMessages?.();
if ("kept" in document.documentElement.dataset && document.documentElement.dataset.person) {
  const look = () => document.visibilityState === "visible" && worker?.controller?.postMessage("look");
  document.addEventListener("visibilitychange", look);
  addEventListener("pageshow", ({ persisted }) => persisted && look());
}
