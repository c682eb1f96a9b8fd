// Puts each language's page in the place of the one before it, without its scripts, and says what is wrong with it.
({ pages, width, look, unfold }) => {
  const [wrongWith, open] = [look, unfold].map((code) => (0, eval)(`(${code})`));
  const root = document.documentElement;
  return pages.map(({ language, direction, text }) => {
    const drawn = new DOMParser().parseFromString(text, "text/html");
    for (const { name } of [...root.attributes]) root.removeAttribute(name);
    for (const { name, value } of drawn.documentElement.attributes) root.setAttribute(name, value);
    document.body.replaceWith(document.adoptNode(drawn.body));
    open();
    return wrongWith({ language, direction, width });
  });
}
