// Puts into its page what the worker of this phone has counted (static/sw/price.js), also without a signal.
const part = document.querySelector("[data-price]");
const { locale, kb, mb } = part.dataset;
const store = await caches.open("aangan-price"); // where there is none, nothing is counted: the page says so from the start
const months = await (await store.match("/offline/spent"))?.json();
if (months) {
  const now = new Date();
  const month = now.getFullYear() * 12 + now.getMonth();
  const all = { total: 0, ...months[month], last: months[month - 1]?.total };
  for (const one of part.querySelectorAll("[data-kind]")) {
    const bytes = all[one.dataset.kind] ?? 0;
    const [words, unit] = bytes < 1e6 ? [kb, 1e3] : [mb, 1e6];
    one.textContent = words.replace("#", (bytes / unit).toLocaleString(locale, { maximumFractionDigits: 1 }));
    one.closest("li")?.querySelector("rect").setAttribute("width", (100 * bytes) / (all.total || 1));
  }
  part.hidden = !(part.nextElementSibling.hidden = true);
  store.add(import.meta.url); // the page works without a signal
}
