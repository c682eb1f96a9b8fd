// Where nobody shall find the way back: the next page takes this one's place in the history, also the one that a form leads to.
addEventListener("click", (event) => {
  const way = event.target.closest?.("[data-away]");
  if (way) location.replace(way.href, event.preventDefault());
});

addEventListener("submit", (event) => {
  const { target: form, submitter } = event;
  if (event.defaultPrevented || form.method !== "post" || form.matches("[data-hide]")) return;
  event.preventDefault();
  if (submitter?.name) form.append(Object.assign(document.createElement("input"), { type: "hidden", name: submitter.name, value: submitter.value }));
  const said = new FormData(form);
  const body = form.enctype === "multipart/form-data" ? said : new URLSearchParams(said);
  const plainly = () => form.submit(); // what is refused, or finds no signal, goes as any form does: Back leads to her words
  fetch(form.action, { method: "POST", body }).then(({ redirected, url }) => (redirected ? location.replace(url) : plainly()), plainly);
});
