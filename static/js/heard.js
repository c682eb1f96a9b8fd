// A page that is really looked at says so by itself. Without JavaScript its button does.
export const LOOKED_AT = 2000; // milliseconds in sight

for (const form of document.querySelectorAll("form[data-heard]")) {
  let timer = 0;
  const report = () => {
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", keepalive: true }).catch(() => {});
    form.hidden = true;
  };
  const watch = () => {
    clearTimeout(timer);
    if (document.visibilityState === "visible" && !form.hidden) timer = setTimeout(report, LOOKED_AT);
  };
  document.addEventListener("visibilitychange", watch);
  watch();
}
