// A push came while this page lay there. It is fetched anew when somebody looks at it again: not at once, and not by all phones.
let stale = false;

navigator.serviceWorker?.addEventListener("message", ({ data }) => (stale ||= data === "stale"));
document.addEventListener("visibilitychange", () => {
  const isNews = /^\/(groups\/\d+)?$/.test(location.pathname);
  if (stale && isNews && document.visibilityState === "visible") location.reload();
});
