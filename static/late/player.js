// A voice sounds at a tap, one at a time; after that its speed can be chosen. What was heard once is on the phone.
const players = new WeakMap(); // by the link that was tapped
const isOgg = () => new Audio().canPlayType("audio/ogg; codecs=opus");

/** 1:05 for so many seconds, in the digits of the clock that stands there already. */
export function clock(seconds, zero = "0") {
  const text = `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
  return text.replace(/\d/g, (digit) => String.fromCodePoint(zero.codePointAt(0) + +digit));
}

/** The zero of the digits in a text: each script has its ten in a row. */
export function zeroOf(text) {
  const digit = /\p{Nd}/u.exec(text)?.[0].codePointAt(0) ?? 48;
  return [...Array(10).keys()].map((step) => String.fromCodePoint(digit - 9 + step)).find((one) => /\p{Nd}/u.test(one)) ?? "0";
}

const fill = (plot, share) => plot.firstElementChild.setAttribute("width", 100 * share || 0);

/** The whole voice: from the phone where it has it. The bar shows how far it has come. */
async function fetched({ href, dataset, children: [, plot] }) {
  const answer = await fetch(isOgg() ? href : dataset.aac);
  if (!answer.ok) throw new Error(answer.status);
  const [reader, whole, parts] = [answer.body.getReader(), answer.headers.get("Content-Length"), []];
  for (let size = 0, part; !(part = await reader.read()).done; fill(plot, (size += part.value.length) / whole)) parts.push(part.value);
  return new Audio(URL.createObjectURL(new Blob(parts, { type: answer.headers.get("Content-Type") })));
}

async function made(link) {
  const audio = await fetched(link);
  const box = document.importNode(link.nextElementSibling.content, true);
  const [wrong, pause, choices] = box.children;
  const [play, plot, time] = link.children;
  const zero = zeroOf(time.textContent);
  link.after(choices);
  const show = () => link.firstElementChild.replaceWith(audio.paused ? play : pause);
  audio.onplay = audio.onpause = show;
  audio.ontimeupdate = () => {
    fill(plot, audio.currentTime / audio.duration);
    time.textContent = clock(audio.currentTime, zero);
  };
  for (const button of choices.querySelectorAll("button")) button.onclick = () => choose(audio, choices, button);
  wrong.remove();
  document.addEventListener("fresh", () => link.isConnected || audio.pause()); // what was put right says something else
  return audio;
}

function choose(audio, choices, { dataset: { rate } }) {
  if (!rate) audio.currentTime = 0;
  else audio.playbackRate = audio.defaultPlaybackRate = rate;
  if (rate) for (const one of choices.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", one.dataset.rate === rate);
  return sound(audio);
}

/** This one and no other, whichever script it is from: a voice, a name, the page that is read aloud. */
function sound(audio) {
  if (globalThis.sounding !== audio) globalThis.sounding?.pause();
  globalThis.sounding = audio;
  return audio.play().catch(() => {}); // a browser that wants another tap for it gets one
}

/** No signal, and not on the phone: said beside it until it is. */
function failed(link) {
  players.delete(link);
  const wrong = document.importNode(link.nextElementSibling.content.firstElementChild, true);
  wrong.hidden = false;
  link.after(wrong);
}

/** Whoever has listened has heard it: said as a page says it that was looked at. */
const heard = (announcement) => fetch("/deliveries", { method: "POST", body: new URLSearchParams({ announcement }), keepalive: true }).catch(() => {});

export async function tapped(link) {
  if (link.nextElementSibling.matches(".wrong")) link.nextElementSibling.remove();
  const isFirst = !players.has(link);
  if (isFirst) players.set(link, made(link));
  const audio = await players.get(link).catch(() => failed(link));
  if (!audio) return;
  if (isFirst && link.dataset.number) heard(link.dataset.number);
  if (audio.paused) await sound(audio);
  else audio.pause();
}

// The player stays on the phone: what is heard again is heard without a signal.
globalThis.caches?.open("aangan-price").then((cache) => cache.match(import.meta.url).then((kept) => kept ?? cache.add(import.meta.url))).catch(() => {});
