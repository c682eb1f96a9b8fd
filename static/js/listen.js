// The words of this page can be heard: what speaks them comes with the first tap. Without JavaScript the button leads to a page of them.
addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-listen]");
  const late = document.querySelector("script[data-speech]")?.dataset.speech;
  if (!button || !late) return;
  event.preventDefault();
  import(late).then((part) => part.listen(button), () => document.querySelector("textarea") || location.assign(button.href));
});
