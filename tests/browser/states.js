// What tells this element's state apart for somebody who sees no colours: lines, weights, sizes, pictures, words. Colours are left out.
() => {
  const bare = (text) => text.replace(/(?:rgba?|color|hsla?|oklch)\([^)]*\)/g, "");
  const seen = (root) => JSON.stringify([root, ...root.querySelectorAll("*")].map((element) => {
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    return [
      style.fontWeight, bare(style.boxShadow), style.borderTopWidth, style.borderTopStyle, style.textDecorationLine, style.visibility,
      style.display, Math.round(box.width), Math.round(box.height),
    ];
  }));
  const faults = [];
  const named = (element) => `${element.localName}.${element.className} “${element.textContent.trim().slice(0, 30)}”`;
  const compare = (element, shown, off, on) => {
    const with_ = seen(shown);
    off();
    const without = seen(shown);
    on();
    if (with_ === without) faults.push(`${named(shown)}: only a colour tells that it is chosen`);
  };
  for (const name of ["aria-pressed", "aria-current"]) for (const element of document.querySelectorAll(`[${name}]`)) {
    const value = element.getAttribute(name);
    // A button that was pressed says so in other words: the server draws them, and tests/announcements hold them.
    if (value === "false" || element.matches(".btn")) continue;
    compare(element, element, () => element.removeAttribute(name), () => element.setAttribute(name, value));
  }
  for (const pick of document.querySelectorAll(".pick:checked")) {
    const box = pick.parentElement;
    if (pick.nextElementSibling) compare(pick, box, () => (pick.checked = false), () => (pick.checked = true));
  }
  for (const element of document.querySelectorAll(".note, .tag, .wrong, .btn"))
    if (element.checkVisibility() && !element.querySelector("svg, img, .face") && !element.matches("[dir=ltr]")) faults.push(`${named(element)}: no picture beside its colour`);
  return faults;
}
