// Hands an invitation on: the phone's own share sheet, or the clipboard. Without either the link stands there to be read.
// With `data-whole` it is the words that are handed on: the link is among them.
for (const box of document.querySelectorAll("[data-share]")) {
  const { title, text, address: url } = box.dataset;
  const offer = (button, does, act) => {
    button.hidden = !does;
    button.onclick = () => act().catch(() => {}); // who closes the share sheet has done nothing wrong
  };
  offer(box.querySelector("[data-share-now]"), navigator.share, () => navigator.share({ title, text, url }));
  offer(box.querySelector("[data-copy]"), navigator.clipboard, async () => {
    await navigator.clipboard.writeText("whole" in box.dataset ? text : url);
    box.querySelector("[data-copied]").hidden = false;
  });
}
