// A file field says only what was chosen: its label above is the button.
for (const file of document.querySelectorAll(".file")) {
  const show = () => file.classList.toggle("vh", !file.files.length);
  show();
  file.addEventListener("change", show);
  addEventListener("pageshow", show);
}
