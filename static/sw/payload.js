// What a push says, as far as it can be believed: anything at all may come in.

const text = (value, most) => (typeof value === "string" && value.trim() ? value.slice(0, most) : "");

const PATH = /^(?=.{1,300}$)(\/(?!\/)[\w?#&=.-]*)+$/;

/** A path of this very site; whatever might lead elsewhere becomes "/". */
export const pathOf = (wanted) => (PATH.test(wanted) ? String(wanted) : "/");

const object = (value) => (value?.constructor === Object ? value : {});

function json(given) {
  try {
    return object(JSON.parse(given));
  } catch {
    return {};
  }
}

/**
 * What to show for the text of a push: { title, options, sheet, number, token }.
 * `neutral` ({ title, body, lang, dir }) is shown for one that is empty or broken.
 */
export function read(given, neutral) {
  const said = object(json(given).notification);
  const data = object(said.data);
  const isWhole = text(said.title) && text(said.body);
  const shown = isWhole ? said : neutral;
  const token = text(data.delivery, 64);
  return {
    title: text(shown.title, 120),
    options: {
      body: text(shown.body, 500),
      lang: text(shown.lang, 35),
      dir: ["ltr", "rtl"].includes(shown.dir) ? shown.dir : "auto",
      tag: text(said.tag, 64) || "aangan",
      renotify: said.silent !== true, // one that is replaced is heard again, but for what was put right
      silent: said.silent === true,
      data: { path: pathOf(said.navigate), token },
    },
    token,
    number: Number.isSafeInteger(data.announcement) ? data.announcement : 0,
    sheet: data.sheet ? object(data.sheet) : null,
  };
}
