// The browser's own print dialogue, where there is one.
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = !self.print;
  button.onclick = () => print();
}
