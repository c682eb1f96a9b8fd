// Puts into its page what the worker of this phone has counted (static/sw/price.js), also without a signal.
const part = document.querySelector("[data-price]");
const { locale, kb, mb } = part.dataset;

const said = (bytes) => {
  const isLarge = bytes > 999e3;
  return (isLarge ? mb : kb).replace("#", new Intl.NumberFormat(locale, { maximumFractionDigits: isLarge ? 1 : 0 }).format(bytes / (isLarge ? 1e6 : 1e3)));
};

const now = new Date();
const store = navigator.serviceWorker?.controller && (await caches.open("aangan-price"));
const months = await (await store?.match("/offline/spent"))?.json();
if (months) {
  const of = (back) => months[now.getFullYear() * 12 + now.getMonth() + back] ?? {};
  const sum = (back) => Object.values(of(back)).reduce((one, other) => one + other, 0);
  for (const one of part.querySelectorAll("[data-sum]")) one.textContent = said(sum(Number(one.dataset.sum)));
  for (const one of part.querySelectorAll("[data-kind]")) {
    const bytes = of(0)[one.dataset.kind] ?? 0;
    one.textContent = said(bytes);
    one.closest("li").querySelector("rect").setAttribute("width", (100 * bytes) / (sum(0) || 1));
  }
  part.hidden = false;
  document.querySelector("[data-uncounted]").hidden = true;
  await store.add(import.meta.url); // so that the page works without a signal
}
