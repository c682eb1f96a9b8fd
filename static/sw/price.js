// What this phone has used, by kind and by month of its own clock, counted as the worker's answers come in (docs/ARCHITECTURE.md says
// what that misses). It never leaves the phone.
const PRICE = "aangan-price";
const SPENT = "/offline/spent"; // { year * 12 + month: { kind: bytes } }
let counting = Promise.resolve();

const kindOf = ({ name }) => (/\/photos\//.test(name) ? "photos" : /\/(s\/|sw\.js|manifest)/.test(name) ? "app" : "pages");

const spend = (sums) =>
  (counting = counting.then(async () => {
    const [now, months] = [new Date(), await jotted(PRICE, SPENT)];
    const month = now.getFullYear() * 12 + now.getMonth();
    const { [month]: mine = {}, [month - 1]: last } = months;
    for (const kind in sums) mine[kind] = (mine[kind] || 0) + sums[kind];
    await jot(PRICE, SPENT, { [month - 1]: last, [month]: mine });
  }).catch(() => {})); // no storage: nothing is counted

new PerformanceObserver((list) => {
  const sums = {};
  for (const one of list.getEntries()) sums[kindOf(one)] = (sums[kindOf(one)] ?? 0) + one.transferSize;
  spend(sums);
}).observe({ type: "resource" });

self.addEventListener("push", (event) => event.waitUntil(spend({ pushes: event.data?.arrayBuffer().byteLength ?? 0 })));
