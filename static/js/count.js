// The button says how many hear it: those of the choice above. Without JavaScript each choice says its own number.
for (const words of document.querySelectorAll("[data-sends]")) {
  const say = () => (words.textContent = words.closest("form").querySelector("[data-send]:checked").dataset.send);
  say();
  words.closest("form").addEventListener("change", say);
  addEventListener("pageshow", say);
}
