// One submission, one key: the phone makes it when the form leaves, and a second tap sends the same one.
for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    if (self.crypto) form.elements.key.value = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
  });
  // Back to a page that the browser kept: it may be sent again, as a new one.
  addEventListener("pageshow", (event) => event.persisted && delete form.dataset.sent);
}
