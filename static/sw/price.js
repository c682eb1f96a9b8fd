// What this phone has used, by kind and by month of its own clock, as the browser says it of each answer to the worker
// (docs/decisions/saving.md says what that misses). It never leaves the phone.
const PRICE = "aangan-price";
const SPENT = "/offline/spent"; // { year * 12 + month: { kind: bytes } }, of this month and the one before
let counting = Promise.resolve();

const spend = (kind, bytes) =>
  (counting = counting
    .then(async () => {
      const months = await jotted(PRICE, SPENT);
      const now = new Date();
      const month = now.getFullYear() * 12 + now.getMonth();
      const mine = Object(months[month]);
      for (const one of [kind, "total"]) mine[one] = (+mine[one] || 0) + bytes;
      await jot(PRICE, SPENT, { [month - 1]: months[month - 1], [month]: mine });
    })
    .catch(() => {})); // no storage: nothing is counted

new PerformanceObserver((list) => {
  for (const { name, transferSize } of list.getEntries())
    if (transferSize) spend(/\/(photos|voices)\//.exec(name)?.[1] ?? (/\/s\//.test(name) ? "app" : "pages"), transferSize);
}).observe({ type: "resource" });
