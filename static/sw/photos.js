// Photos and voices on the phone: with the pages of the person who saw them, within the same budget, gone when she goes.

const SHOWN = /(?:[pst]>\s?<picture><source [^>]*srcset|data-bring)="([^"]+)/g; // what comes by itself; a photo that waits for a tap stands in a template

/** The photo (or the voice) from the phone, else the server's, which then stays here. */
async function photo(event, address) {
  const { person } = await here();
  const kept = person && (await (await caches.open(PAGES + person)).match(address));
  if (kept) return Object.assign(Object((await bookOf(person)).pages[address]), { used: Date.now() }), kept;
  const answer = await fetch(event.request);
  event.waitUntil(keepPhoto(address, answer.clone()));
  return answer;
}

async function keepPhoto(address, answer) {
  const began = tenure;
  const { person } = await here();
  if (!person || !answer.ok) return;
  const [book, cache] = [await bookOf(person), await caches.open(PAGES + person)];
  const size = +answer.headers.get("Content-Length");
  if (await cache.put(address, answer).catch(() => 1)) return; // cut off, or no room: it is shown, and not kept
  if (began !== tenure) return void (await cache.delete(address)); // she left meanwhile
  book.pages[address] = { used: Date.now(), size };
  await shut(person);
}

/** The photos and voices of what is new, before they are asked for, as far as half of the budget goes. */
async function bringPhotos({ person, brought, bytes }, { pages }, began) {
  const cache = await caches.open(PAGES + person);
  for (const address in brought) {
    const page = address.startsWith("/ann") && (await cache.match(address));
    for (const [, shown] of page ? (await page.text()).matchAll(SHOWN) : [])
      for (const photo of shown.split(" ")) {
        if (!pages[photo]) await keepPhoto(photo, await fetch(photo));
        if (began !== tenure || (bytes -= 2 * (pages[photo]?.size ?? 0)) < 0) return;
      }
  }
}

/** She has chosen another level, where the server sends her on: what is here looks otherwise from now on. */
async function levelled(answer) {
  const { person } = await here();
  if (person && !answer.status) await leaveOut(Object.keys((await bookOf(person)).pages));
  return answer;
}
