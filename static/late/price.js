// Puts into its page what the worker of this phone has counted (static/sw/price.js), also without a signal.
const part = document.querySelector("[data-price]");
const { locale, kb, mb } = part.dataset;

const said = (bytes) => {
  const [words, unit] = bytes < 1e6 ? [kb, 1e3] : [mb, 1e6];
  return words.replace("#", (bytes / unit).toLocaleString(locale, { maximumFractionDigits: 1 }));
};

const sum = (month) => Object.values(month ?? {}).reduce((one, other) => one + other, 0);

const store = navigator.serviceWorker?.controller && (await caches.open("aangan-price"));
const months = await (await store?.match("/offline/spent"))?.json();
if (months) {
  const now = new Date();
  const month = now.getFullYear() * 12 + now.getMonth();
  const total = sum(months[month]);
  const all = { ...months[month], total, last: sum(months[month - 1]) };
  for (const one of part.querySelectorAll("[data-kind]")) {
    const bytes = all[one.dataset.kind] ?? 0;
    one.textContent = said(bytes);
    one.closest("li")?.querySelector("rect").setAttribute("width", (100 * bytes) / (total || 1));
  }
  part.hidden = !(part.nextElementSibling.hidden = true);
  await store.add(import.meta.url); // so that the page works without a signal
}
