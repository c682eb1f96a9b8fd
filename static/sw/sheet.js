// Fills the page of an announcement that the server drew with slots: \ue000name\ue001 stands for one. Nobody's text can hold
// such a letter, and what is filled in is not looked at again.

const SLOT = /\ue000(\w+)\ue001/g;
const PICTURE = /<template data-picture="([\w-]*)" data-word="([^"]*)">(.*?)<\/template>\n?/gs;
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => SIGNS[sign]);

/** The page with this announcement in it. */
export function fill(page, sheet, number) {
  const drawn = (wanted) => [...page.matchAll(PICTURE)].find(([, name]) => name === wanted) ?? ["", "", "", ""];
  const [, , word, drawing] = drawn(sheet.picture);
  const slots = {
    number,
    words: String(sheet.words ?? ""), // as the server draws them, and only it can push to this phone
    author: sheet.author ? `<bdi>${escaped(sheet.author)}</bdi>` : word,
    drawing,
    role: drawn(sheet.role)[3],
    said: drawn(sheet.said)[3],
    corrected: drawn(sheet.corrected)[3],
    photo: sheet.photo ? "" : " hidden",
  };
  return page.replace(PICTURE, "").replace(SLOT, (_all, name) => slots[name] ?? escaped(sheet[name]));
}
