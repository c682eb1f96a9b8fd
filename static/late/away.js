// Where nobody shall find the way back: the next page takes this one's place in the history.
addEventListener("click", (event) => {
  const way = event.target.closest?.("[data-away]");
  if (way) location.replace(way.href, event.preventDefault());
});
