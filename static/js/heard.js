// A page that is really looked at says so by itself, and again when more came. Without JavaScript its button does.
export const LOOKED_AT = 2000; // milliseconds in sight

const { person } = document.documentElement.dataset;
const wordsOf = (form) => `${new URLSearchParams(new FormData(form))}&written_by=${person}`;

const report = (form) => {
  form.told = wordsOf(form);
  fetch(form.action, { method: "POST", body: new URLSearchParams(form.told), redirect: "manual", keepalive: true }).catch(() => {});
  form.hidden = true;
};

const watch = (form) => {
  clearTimeout(form.timer);
  const isNew = form.told !== wordsOf(form);
  form.hidden &&= !isNew;
  if (document.visibilityState === "visible" && isNew) form.timer = setTimeout(report, LOOKED_AT, form);
};

const watchAll = () => document.querySelectorAll("form[data-heard]").forEach(watch);
for (const change of ["visibilitychange", "fresh"]) document.addEventListener(change, watchAll);
watchAll();
