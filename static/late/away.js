// Where nobody shall find the way back: the next page takes this one's place in the history, also the one that a form leads to.
const OUTLIVES = 40000; // bytes of a voice that the browser goes on sending when its page is gone (65,536 with the words)
let isHidden = false;
let onTheWay; // { form, said } that would be lost with its page

addEventListener("click", (event) => {
  const way = event.target.closest?.("[data-away]");
  if (!way) return;
  event.preventDefault();
  isHidden = new URL(way.href).pathname === "/calendar";
  if (isHidden) hide();
  location.replace(way.href);
});

/** Out of sight and hearing at once, however long the next page is in coming. Her call goes all the same, without a voice that is too long for that. */
function hide() {
  globalThis.sounding?.pause();
  document.documentElement.replaceChildren();
  if (!onTheWay) return;
  const { form, said } = onTheWay;
  for (const [name, { size }] of [...said]) if (size) said.delete(name);
  fetch(form.action, { method: "POST", body: said, keepalive: true }).catch(() => {});
}

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-hide]")) return;
  event.preventDefault();
  setTimeout(send, 0, form, submitter); // after every listener, also the one that says who wrote it (static/js/queue.js)
});

function send(form, submitter) {
  const said = new FormData(form);
  if (submitter?.name) said.append(submitter.name, submitter.value);
  sameAgain(form, said);
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams(said);
  const keepalive = [...said.values()].every(({ size = 0 }) => size < OUTLIVES);
  onTheWay = keepalive ? null : { form, said };
  const came = ({ redirected, url, status }) => {
    if (isHidden) return;
    if (redirected) location.replace(url);
    else if (status < 500) plainly(form, submitter);
    else lost(form);
  };
  fetch(form.action, { method: "POST", body, keepalive }).then(came, () => lost(form));
}

/** What went out before may have arrived, and its answer alone was lost: the same words keep their key, and are one. */
function sameAgain({ dataset }, said) {
  const words = JSON.stringify([...said].map(([name, one]) => name !== "key" && [name, one.size ?? one]));
  if (dataset.words === words) said.set("key", dataset.key);
  Object.assign(dataset, { words, key: said.get("key") ?? "" });
}

/** What is refused goes as any form does: Back leads to her words. */
function plainly(form, submitter) {
  if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  form.submit();
}

/** The page stays, with her words and her voice, says so, and shows whom to call. */
function lost(form) {
  onTheWay = null;
  delete form.dataset.sent; // static/js/once.js
  for (const note of document.querySelectorAll("[data-lost]")) note.hidden = false;
  document.querySelector("main a[href^='tel:']")?.scrollIntoView({ block: "center" });
}
