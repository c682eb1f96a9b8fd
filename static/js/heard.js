// A page that is really looked at says so by itself, and again when more came. Without JavaScript its button does.
export const LOOKED_AT = 2000; // milliseconds in sight

const timers = new WeakMap();
const told = new WeakMap(); // what each form has said
const wordsOf = (form) => new URLSearchParams(new FormData(form)).toString();

const report = (form) => {
  told.set(form, wordsOf(form));
  const body = new URLSearchParams(told.get(form));
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
  form.hidden = true;
};

const watch = (form) => {
  clearTimeout(timers.get(form));
  const isNew = told.get(form) !== wordsOf(form);
  form.hidden &&= !isNew;
  if (document.visibilityState === "visible" && isNew) timers.set(form, setTimeout(report, LOOKED_AT, form));
};

const watchAll = () => document.querySelectorAll("form[data-heard]").forEach(watch);
for (const change of ["visibilitychange", "fresh"]) document.addEventListener(change, watchAll);
watchAll();
