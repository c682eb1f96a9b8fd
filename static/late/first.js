// The first steps of a newcomer: a tap does one and says the next. Nothing leaves the phone but that she is past them.

/** Says the step: nothing else sounds meanwhile. Heard before, it comes from the phone. */
function say({ dataset: { clip } }) {
  globalThis.sounding?.pause();
  globalThis.sounding = clip && new Audio(clip);
  return globalThis.sounding?.play?.().catch(() => {}); // a browser that wants another tap for it gets one
}

/** Told as what a page reports of itself: it waits on the phone where no signal is. */
const past = () => fetch("/reading", { method: "POST", body: new URLSearchParams({ tried: 1, written_by: document.documentElement.dataset.person }), redirect: "manual", keepalive: true }).catch(() => {});

export function tapped(part) {
  const step = part.closest("[data-step]");
  if (part.form) return leave(part);
  if ("again" in part.dataset) return say(step);
  const next = step.nextElementSibling;
  [step.hidden, next.hidden] = [true, false];
  next.closest("[data-first]").scrollIntoView({ block: "nearest" });
  if (!next.nextElementSibling) past();
  return say(next);
}

/** By the form, so that the next page is the server's; without a signal the phone's own. */
function leave({ form }) {
  globalThis.sounding?.pause();
  if (navigator.onLine) return form.requestSubmit ? form.requestSubmit() : form.submit();
  form.closest("[data-first]").hidden = true;
  return past().then(() => location.pathname.startsWith("/first/") && location.assign(form.elements.next.value));
}
