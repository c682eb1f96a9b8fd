// The shelf of a phone with PINs: who wrote and in which state it is can be seen, all else is sealed with the writer's key. What
// another has written waits until her room is open.

const plain = { shelve, listed, entry, nextAfter, change };
const ABOUT = "about";
const BODY = "body";

const isOpen = (one) => !one.sealed || one.owner === room?.mark;

/** What is said of it, in the clear again; of another's no more than that it is there. */
async function told(one) {
  if (!one?.sealed) return one;
  if (!isOpen(one)) return { ...one, url: `${location.origin}/`, words: "" };
  return { ...one, ...JSON.parse(new TextDecoder().decode(await unsealed(room, one.sealed, ABOUT))) };
}

const shutIn = async (mine, { url, type, words, photo, voice, page, key }) => ({
  key: await hidden(mine, key),
  sealed: await sealed(mine, encoded(JSON.stringify({ url, type, words, photo, voice, page })), ABOUT),
});

const outside = ({ as, owner, at, state, tries, why, isAnswered, draft }) => ({ as, owner, at, state, tries, why, isAnswered, draft });

const boxed = async (mine, one) => ({ ...outside(one), ...(await shutIn(mine, one)), body: await sealed(mine, one.body, BODY) });

shelve = async (one) => {
  const mine = await atHand();
  if (!mine || one.owner !== mine.mark) throw new Error("nobody's room is open");
  return plain.shelve(await boxed(mine, one));
};

listed = async () => {
  await atHand();
  return Promise.all((await plain.listed()).map(told));
};

const whole = async (one) => (one?.sealed ? { ...(await told(one)), body: one.body && (await unsealed(room, one.body, BODY)) } : one);

entry = async (id) => {
  await atHand();
  const one = await plain.entry(id);
  return one && isOpen(one) ? whole(one) : undefined;
};

nextAfter = async (last) => {
  await atHand();
  let one = await plain.nextAfter(last);
  while (one && !isOpen(one)) one = await plain.nextAfter(one.id);
  return whole(one);
};

change = async (id, { page, ...news }) => {
  const one = page === undefined ? null : await plain.entry(id);
  if (!one?.sealed) return plain.change(id, page === undefined ? news : { ...news, page });
  if (!isOpen(one)) return undefined;
  const { sealed: shut } = await shutIn(room, { ...(await told(one)), page });
  return plain.change(id, { ...news, sealed: shut });
};

/** What she wrote here before she had a PIN is sealed from now on; what nobody on this phone can open any more goes. */
async function tidyShelf(mine, people) {
  const all = await shelf("readonly", (writes, _bodies, give) => got(writes.getAll(), give));
  for (const one of all.filter(({ sealed: shut, owner }) => !shut && owner === mine.mark)) {
    const { body, ...more } = await boxed(mine, { body: new ArrayBuffer(0), ...(await plain.entry(one.id)) });
    await shelf("readwrite", (writes, bodies) => writes.put({ ...more, id: one.id }, bodies.put(body, one.id)));
  }
  for (const one of all.filter(({ sealed: shut, owner }) => shut && !people.includes(owner))) await remove(one.id);
}
