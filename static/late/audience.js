// How many would hear it, at a tap, and anew with each choice; without JavaScript the button brings the page back with it.
const SECONDS = [3, 5, 10, 20]; // after which an exact number is asked for that was not there yet

/** The number of the last question: an answer that was overtaken by another choice is not shown. */
let asked = 0;

export async function tapped(button) {
  const { form } = button;
  if (!form.dataset.counts) form.addEventListener("change", ({ target }) => /^(category|role)$/.test(target.name) && ask(button, form));
  form.dataset.counts = 1;
  return ask(button, form);
}

async function ask(button, form, waits = SECONDS) {
  const mine = ++asked;
  const chosen = [...new FormData(form)].filter(([name]) => /^(category|role|written_by)$/.test(name));
  const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(chosen) }).catch(() => {});
  if (mine !== asked) return;
  if (!answer?.ok) return refused(button, form);
  const place = form.querySelector("[data-heads]");
  place.innerHTML = await answer.text();
  const told = place.querySelector("[data-send]");
  const words = form.querySelector("[data-sends]");
  if (words) words.textContent = told.dataset.send;
  if ("follows" in told.dataset && waits.length) setTimeout(() => mine === asked && ask(button, form, waits.slice(1)), waits[0] * 1000);
}

/** What the server said no to, it says itself on a page; without a signal the button waits. */
function refused(button, form) {
  form.querySelector("[data-heads]").textContent = "";
  if (navigator.onLine) form.requestSubmit(button);
}
