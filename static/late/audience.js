// How many would hear it: at a tap, and with each choice. Without JavaScript the button brings the page back with it.
const SECONDS = [3, 5, 10, 20]; // after which an exact number is asked for that was not there yet
let asked = 0; // an answer that was overtaken by another choice is not shown

export function tapped(button) {
  return ask(button, ++asked, SECONDS);
}

async function ask(button, mine, waits) {
  const { form } = button;
  const chosen = [...new FormData(form)].filter(([name]) => /^(category|role|written_by)$/.test(name));
  const answer = await fetch(button.formAction, { method: "POST", body: new URLSearchParams(chosen) }).catch(() => {});
  if (mine !== asked) return;
  form.querySelector("[data-heads]").innerHTML = answer?.ok ? await answer.text() : "";
  const told = form.querySelector("[data-heads] [data-send]");
  if (told) form.querySelector("[data-sends]").textContent = told.dataset.send;
  else if (answer) form.requestSubmit(button); // what it was refused for stands on the page that comes
  if (told && "follows" in told.dataset && waits.length) setTimeout(() => mine === asked && ask(button, mine, waits.slice(1)), waits[0] * 1000);
}
