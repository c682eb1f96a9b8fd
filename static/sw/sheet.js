// Fills the page of an announcement that the server drew with slots: \ue000name\ue001 stands for one. Nobody's text can hold
// such a letter, and what is filled in is not looked at again.

const SLOT = /\ue000(\w+)\ue001/g;
const PICTURE = /<template data-picture="([\w-]*)" data-word="([^"]*)">(.*?)<\/template>\n?/gs;
// As community/page.py finds and shows addresses.
const LINK = /https?:\/\/[^\s<>"'\\।॥۔؟،؛]+/gi;
const HOST = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/;

const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&#34;", "'": "&#39;" };

const escaped = (text) => String(text ?? "").replace(/[&<>"']/g, (sign) => SIGNS[sign]);

/** Plain text as a page shows it: escaped, lines kept, addresses tappable and naming their real host. */
export function worded(text) {
  let html = "";
  let end = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = found.replace(/[.,;:!?)\]]+$/, "");
    html += escaped(text.slice(end, index)) + link(address);
    end = index + address.length;
  }
  return (html + escaped(text.slice(end))).replaceAll("\n", "<br>");
}

function link(address) {
  const [, scheme, place, rest] = /^(https?):\/\/([^/?#]*)(.*)$/i.exec(address);
  const [, written, port] = /^(.*?)(:\d*)?$/.exec(place);
  const host = hostOf(written);
  if (!host || place.includes("@")) return escaped(address);
  const shown = host === written.toLowerCase() ? address : `${host} · ${address}`;
  const bare = rest.replace(/#$/, "").replace(/\?(?=#|$)/, "");
  const leads = `${scheme.toLowerCase()}://${host}${port?.length > 1 ? port : ""}${bare}`;
  return `<a class="link" href="${escaped(leads)}" rel="noopener noreferrer nofollow" target="_blank">${escaped(shown)}</a>`;
}

function hostOf(written) {
  if (HOST.test(written.toLowerCase())) return written.toLowerCase();
  try {
    const host = new URL(`http://${written}`).hostname;
    return HOST.test(host) ? host : "";
  } catch {
    return "";
  }
}

/** The page with this announcement in it. */
export function fill(page, sheet, number) {
  const drawings = new Map();
  const bare = page.replace(PICTURE, (_all, name, word, drawing) => {
    drawings.set(name, { word, drawing });
    return "";
  });
  const { word = "", drawing = "" } = drawings.get(sheet.picture) ?? {};
  const slots = {
    number: String(number),
    words: worded(String(sheet.words ?? "")),
    author: sheet.author ? `<bdi>${escaped(sheet.author)}</bdi>` : word,
    drawing,
    photo: sheet.photo ? "" : " hidden",
  };
  return bare.replace(SLOT, (_all, name) => slots[name] ?? escaped(sheet[name]));
}
