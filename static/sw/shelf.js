// The shelf in IndexedDB: `writes` says what there is, `bodies` holds the bytes, so that a list does not read photos.

function shelf(mode, act) {
  return new Promise((done, fail) => {
    const opening = indexedDB.open("aangan-queue", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("writes", { keyPath: "id", autoIncrement: true }).createIndex("key", "key");
      opening.result.createObjectStore("bodies");
    };
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      let found;
      const database = opening.result;
      const work = database.transaction(["writes", "bodies"], mode, { durability: "strict" });
      const end = (settle) => () => settle(found, database.close());
      work.oncomplete = end(() => done(found));
      work.onabort = end(() => fail(work.error));
      act(work.objectStore("writes"), work.objectStore("bodies"), (value) => (found = value));
    };
  });
}

const got = (asked, act) => (asked.onsuccess = () => act(asked.result));

/** Put it behind everything else, in the place of the draft that it was; its id. The same key is the same thing. */
let shelve = ({ body, draft, ...one }) =>
  shelf("readwrite", (writes, bodies, give) => {
    got(writes.index("key").getKey(one.key), (known) => {
      if (known) return give(known);
      got(writes.add(one), (id) => give(id, bodies.put(body, id)));
      if (draft) writes.delete(draft, bodies.delete(draft));
    });
  });

/** What is to be said about all of it, without the bytes. */
let listed = () => shelf("readonly", (writes, _bodies, give) => got(writes.getAll(), (all) => give(all.filter(({ as }) => as === "write"))));

const isUnsent = ({ as, state }) => as === "write" && /waits|refused/.test(state);

const unsent = () => listed().then((all) => all.filter(isUnsent), () => []);

/** Whoever leaves takes along what is over. What has not left waits for her: nothing is deleted unseen. */
const forgetQueue = (mark) =>
  shelf("readwrite", (writes, bodies) => {
    got(writes.getAll(), (all) => all.forEach((one) => one.owner === mark && !isUnsent(one) && writes.delete(one.id, bodies.delete(one.id))));
  });

const withBody = (one, bodies, give) => got(bodies.get(one.id), (body) => give({ ...one, body }));

let entry = (id) => shelf("readonly", (writes, bodies, give) => got(writes.get(id), (one) => one && withBody(one, bodies, give)));

/** The next that waits, behind that id. */
let nextAfter = (last) =>
  shelf("readonly", (writes, bodies, give) => {
    got(writes.openCursor(IDBKeyRange.lowerBound(last, true)), (cursor) => {
      if (cursor && cursor.value.state !== "waits") cursor.continue();
      else if (cursor) withBody(cursor.value, bodies, give);
    });
  });

/** Change what is known about it; what was sent needs its bytes no longer. */
let change = (id, news) =>
  shelf("readwrite", (writes, bodies) => {
    got(writes.get(id), (one) => one && writes.put({ ...one, ...news }));
    if (news.state === "sent") bodies.delete(id);
  });

const remove = (id) => shelf("readwrite", (writes, bodies) => writes.delete(id, bodies.delete(id)));
