// While she types: what was answered already. Without JavaScript a link leads to the list.
const PAUSE = 600; // milliseconds without a letter
let waits, asked = "";

export function tapped(field) {
  field.removeAttribute("data-late"); // once is enough
  field.focus();
  field.addEventListener("input", () => {
    clearTimeout(waits);
    waits = setTimeout(look, PAUSE, field.value.trim());
  });
}

async function look(words) {
  const place = document.querySelector("[data-offers]");
  if (!place || words.length < 3 || words === asked) return;
  asked = words;
  const body = new URLSearchParams({ q: words.slice(0, 300) }); // no address may hold what she has not even sent
  const answer = await fetch(place.dataset.offers, { method: "POST", body }).catch(() => {});
  if (words === asked && answer?.ok) place.innerHTML = await answer.text();
}
