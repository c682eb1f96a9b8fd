// Ready before it is asked for: one list says what this person should have on the phone; what changed is fetched.

const LIST = "/offline/list";
const OFTEN = 2e7; // milliseconds, some hours: each page that is opened is looked at anyway, and a push calls for a look

/** What is to be fetched: [address, mark] of what is brought and of what the phone has, where the mark is another one. */
export function wanted({ brought, known }, pages) {
  const isDue = ([address, mark]) => (address in pages || address in brought) && pages[address]?.mark !== mark;
  return Object.entries({ ...brought, ...known }).filter(isDue);
}

/** Look at the list where that is due: a push came, or some time has passed. An opened app does so at once. */
async function bringIfDue() {
  const { person, due } = await here();
  if (!person) return;
  const { at = 0 } = await bookOf(person);
  if ((due || !(Date.now() - at < OFTEN && Date.now() >= at)) && !bringing) await bring();
}

let bringing = false;

async function bring() {
  bringing = true;
  const began = tenure;
  try {
    const answer = await ask(LIST);
    if (answer.status === 401 && isOurs(answer)) return void (await depart());
    if (answer.ok && began === tenure) await follow(await answer.json(), began);
  } finally {
    bringing = false;
  }
}

async function follow(list, began) {
  const { person } = await here();
  if (list.person !== person) return; // the next page says who is here
  const book = await bookOf(person);
  const others = book.rest === list.rest ? [] : Object.keys(book.pages).filter((one) => !(one in list.brought || one in list.known));
  for (const [address, mark] of [...wanted(list, book.pages), ...others.map((one) => [one])]) {
    await (/^\/(photos|voices|s)\//.test(address) ? drop(address) : take(address)); // it may have stood in a group that was left
    if (began !== tenure) return; // she left meanwhile
    if (cramped !== undefined) break; // no room: each further page would be paid for and lost
    if (book.pages[address]) book.pages[address].mark = mark;
  }
  await bringPhotos(list, book, began);
  if (began !== tenure) return;
  confirm(list, book);
  Object.assign(book, { rest: list.rest, at: Date.now(), window: list.window });
  await leaveOut(beyond(book.pages, list));
  await shut(person);
  await remember({ due: 0 });
  await registration.navigationPreload?.disable(); // what is on the phone needs none
  await tidy();
}

/** What bears the list's mark is as new as the list. */
function confirm(list, { pages }) {
  const now = Date.now();
  for (const [address, mark] of Object.entries({ ...list.known, ...list.brought })) {
    if (pages[address]?.mark === mark) pages[address].checked = now;
  }
}

/** The files of an earlier release go once no page on this phone, and no composer, wears its stylesheet. */
async function tidy() {
  const names = await caches.keys();
  const marks = names.filter((name) => name.startsWith(PAGES)).map((name) => name.slice(PAGES.length));
  const cache = await caches.open(COMPOSERS);
  const composers = (await cache.keys()).map((one) => cache.match(one).then((answer) => answer.text()));
  const worn = JSON.stringify(await Promise.all([...marks.map(bookOf), ...composers]));
  const isOld = (name) => /^aangan-(queue|offline)-/.test(name) && name !== NAME && !worn.includes(styleOf(name));
  await Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
}

/** After a push: not at once, or all phones would come together. Where the browser can not wait, the next open does it. */
async function bringLater() {
  const { person } = await here();
  if (!person) return;
  const book = await bookOf(person);
  book.since = Date.now();
  await remember({ due: Date.now() + Math.random() * 1000 * (book.window ?? BUDGET.window) });
  await Promise.all([shut(person), registration.sync?.register("bring").catch(() => {})]);
}

async function bringWhenDue() {
  const { due } = await here();
  if (due) await after(due - Date.now());
  await bringIfDue();
}
