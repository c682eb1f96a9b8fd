// What is wrong with how this page looks, as a list of sentences. Runs inside the page; changes nothing but open folds.
({ language, direction, width }) => {
  const faults = [];
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const fold of all("details")) fold.open = true;
  // A card out of sight is not laid out, and would be judged by the room that is kept for it.
  const laidOut = new CSSStyleSheet();
  laidOut.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets = [laidOut];

  const rect = (element) => element.getBoundingClientRect();
  const shown = (element) => element.checkVisibility({ visibilityProperty: true }) && rect(element).width > 1;
  const forEyes = (element) => shown(element) && !element.closest(".hide, .vh, .skip");
  const named = (element) => {
    const kind = element.getAttribute("class");
    const words = (element.textContent || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `<${element.localName}${kind ? "." + kind.trim().replace(/\s+/g, ".") : ""}> “${words}”`;
  };
  const A_DIGIT = /^\p{Nd}$/u; // is its own picture
  const px = (number) => Math.round(number * 10) / 10;
  const blame = (element, what) => faults.push(`${named(element)}: ${what}`);

  // The whole page
  const root = document.documentElement;
  if (root.scrollWidth > width) faults.push(`the page is ${root.scrollWidth} wide`);
  const isPaper = document.body.matches(".paper"); // a poster speaks the languages of its group
  if (!isPaper && root.lang !== language) faults.push(`lang is ${root.lang}`);
  if (!isPaper && (root.dir !== direction || getComputedStyle(document.body).direction !== direction)) faults.push(`dir is ${root.dir}`);
  for (const element of all("[style]")) blame(element, "has a style of its own");
  for (const image of all("img")) image.loading = "eager";
  for (const drawing of all("svg.i")) if (!drawing.childElementCount) blame(drawing.parentElement, "an empty drawing");

  const boxes = all("body *").filter((element) => element instanceof HTMLElement && forEyes(element));
  const FIELDS = "input, textarea, select";
  for (const element of boxes) {
    const at = rect(element);
    const outside = at.left < -0.5 || at.right > width + 0.5;
    if (outside && !element.matches(".pick")) blame(element, `leaves the screen: ${px(at.left)} to ${px(at.right)} of ${width}`);
    const style = getComputedStyle(element);
    const cuts = /hidden|clip|auto|scroll/.test(style.overflowX + style.overflowY) && !element.matches(FIELDS);
    if (cuts && element.textContent.trim()) {
      if (element.scrollWidth > element.clientWidth + 1) blame(element, `cut: ${element.scrollWidth} in ${element.clientWidth} wide`);
      if (element.scrollHeight > element.clientHeight + 1) blame(element, `cut: ${element.scrollHeight} in ${element.clientHeight} high`);
    }
  }

  // Words stay inside the thing they belong to
  const HOLDERS = ".btn, .tile, .door, .card, .row, .note, .tag, .listen, .icon, .nav a, .count, .new, .bar, main, header";
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, parent = text.parentElement;
    const holder = parent.closest(HOLDERS);
    if (!text.data.trim() || !holder || parent.closest("script, svg, textarea, noscript") || !forEyes(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const limit = rect(holder);
    for (const line of range.getClientRects()) {
      const over = Math.max(limit.left - line.left, line.right - limit.right);
      const below = Math.max(limit.top - line.top, line.bottom - limit.bottom);
      if (over > 1.5 || below > 9) { blame(holder, `its words stick out by ${px(Math.max(over, below))}`); break; }
    }
  }

  // No word is torn in two for want of room
  const tears = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const torn = (text, found) => {
    const range = document.createRange();
    range.setStart(text, found.index);
    range.setEnd(text, found.index + found[0].length);
    const tops = [...range.getClientRects()].filter((line) => line.width).map((line) => line.top);
    return Math.max(...tops) - Math.min(...tops) > 4;
  };
  while (tears.nextNode()) {
    const text = tears.currentNode, parent = text.parentElement;
    if (!text.data.trim() || parent.closest("script, svg, textarea") || !forEyes(parent)) continue;
    for (const found of text.data.matchAll(/[\p{L}\p{M}]{2,18}(?![\p{L}\p{M}])/gu))
      if (!/\S*[:/]\S*$/.test(text.data.slice(0, found.index)) && torn(text, found)) blame(parent, `“${found[0]}” is torn`);
  }

  // Targets: 48 by 48, 8 apart
  const TARGETS = "a[href], button, summary, select, textarea, input:not([type=hidden], .pick, .file), label.tile, label.row, label.btn, label.opt";
  const isInText = (element) => element.matches("a.link") && getComputedStyle(element).display === "inline";
  const isInRow = (element) => element.matches("label.row > input"); // the whole row is the target
  const targets = all(TARGETS).filter((element) => forEyes(element) && !isInText(element) && !isInRow(element));
  for (const element of targets) {
    const at = rect(element);
    if (at.width < 47.5 || at.height < 47.5) blame(element, `a target of ${px(at.width)} × ${px(at.height)}`);
  }
  const stuck = (element) => element.closest(".nav, .dock");
  // Rows of one list touch: each is as wide as the list and 64 high.
  const sameList = (a, b) => a.matches(".row") && b.matches(".row") && a.closest(".rows") && a.closest(".rows") === b.closest(".rows");
  targets.forEach((one, index) => {
    for (const other of targets.slice(index + 1)) {
      if (one.contains(other) || other.contains(one) || one.htmlFor === other.id || other.htmlFor === one.id) continue;
      if (stuck(one) !== stuck(other) || sameList(one, other)) continue;
      const a = rect(one), b = rect(other);
      const gap = Math.max(b.left - a.right, a.left - b.right, b.top - a.bottom, a.top - b.bottom);
      if (gap < 7.5) blame(one, `only ${px(gap)} from ${named(other)}`);
    }
  });

  // A word on each, and a picture beside it
  const wordsOf = (element) => {
    const inside = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let words = "";
    while (inside.nextNode()) if (forEyes(inside.currentNode.parentElement)) words += inside.currentNode.data;
    return words.trim();
  };
  for (const element of all("a[href], button, summary").filter(forEyes)) {
    if (!/[\p{L}\p{N}]/u.test(wordsOf(element))) blame(element, "has no word to be seen");
    if (element.matches("button, .btn, .icon, .nav a, .door, .row, summary") && !element.querySelector("svg, img, .face") && !A_DIGIT.test(element.innerText)) blame(element, "has no picture");
  }
  for (const bar of all("nav.nav")) if (all("a", bar).length > 4) blame(bar, "more than four places");
  for (const card of all(".card")) {
    const actions = all(".btn", card).filter(forEyes).length;
    if (actions > 3) blame(card, `${actions} actions`);
  }
  return [...new Set(faults)];
}
