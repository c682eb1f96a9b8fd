// What only a tap needs comes with the tap: data-late names the script, which gets the element. Where it can not come, the tap does
// what it does without JavaScript.
addEventListener("click", (event) => {
  const part = event.target.closest?.("[data-late]");
  if (!part) return;
  event.preventDefault();
  import(part.dataset.late).then(({ tapped }) => tapped(part), () => part.click(part.removeAttribute("data-late")));
});
