// A photo that has not come by itself comes when it is tapped. Without JavaScript its link leads to a page with it.
addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-photo]");
  if (!link) return;
  event.preventDefault();
  link.after(document.importNode(link.querySelector("template").content, true));
  const photo = link.nextElementSibling;
  link.hidden = true;
  photo.querySelector("img").onerror = () => photo.remove((link.hidden = false)); // no signal: its price stands there again
});
