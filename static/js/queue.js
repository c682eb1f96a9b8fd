// What is written on this page says who wrote it, and waits on the phone where there is no signal (static/sw/writes.js).
// The code that shows what waits is fetched only where something does.
const { lang, dataset } = document.documentElement;
const late = document.querySelector("script[data-queue]")?.dataset.queue;
const draft = Number(new URLSearchParams(location.search).get("draft"));
let isShown = location.pathname === "/offline/waiting";

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  const path = new URL(form.action).pathname;
  if (!dataset.person || form.method !== "post" || /^\/(enter\/|code$)/.test(path)) return;
  for (const [name, value] of Object.entries({ written_by: dataset.person, pressed: submitter?.textContent.trim() ?? "" })) {
    form.elements[name] ?? form.append(Object.assign(document.createElement("input"), { type: "hidden", name }));
    form.elements[name].value = value;
  }
});

const worker = late && navigator.serviceWorker;
const ask = (what) => worker.ready.then(({ active }) => active.postMessage(what));
// What this page leads to, or is, can be opened again without a signal.
const composer = document.querySelector('a[href$="/announcements/new"],a[href$="/talk/new"]')?.pathname || location.pathname;
const send = () => ask({ queue: "send", language: lang, composer });

worker?.addEventListener("message", ({ data }) => {
  isShown ||= data?.draft || data?.full || data?.cramped || data?.queue?.length;
  if (isShown && (data?.draft || data?.queue)) import(late).then((part) => part.show(data));
});
if (worker) {
  addEventListener("load", send);
  addEventListener("online", send);
  if (draft) ask({ queue: "open", id: draft });
  if (isShown) import(late).then((part) => part.show({ queue: [] }));
}
