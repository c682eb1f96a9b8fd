// Hear it on this phone: asks from a tap, offers once the news was read, and tells the server once a day where this phone is.
const DAY = 864e5;
const READ = 2000; // milliseconds in sight, as for "heard"
const QUIET = 60 * DAY; // whoever said "not now" is left in peace so long

const IN_APP = /\bwv\b|FBAN|FBAV|FB_IAB|Instagram|WhatsApp|Snapchat|Line\//;

/** What this browser can do: ask · on · blocked · inapp · ios · unsupported. */
export function stateOf({ agent, touches, standalone, able, permission, isOn, held }) {
  const apple = /iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touches > 1);
  if (IN_APP.test(agent)) return "inapp";
  if (!able) return apple && !standalone ? "ios" : "unsupported";
  if (permission === "denied") return "blocked";
  return isOn && held && permission === "granted" ? "on" : "ask";
}

/** Whether the server is to be told again: something is another than it was told, or a day has passed. */
export function isDue(told, mark, now) {
  return told.mark !== mark || !(now - told.at < DAY) || told.at > now;
}

/** Whether the offer is shown: not to whom it is of no use, nor to whom has said "not now". */
export function isOffered(state, declined, now) {
  return ["ask", "inapp", "ios"].includes(state) && !(now - declined < QUIET);
}

/** Whether a subscription was made with this key (base64url). */
export function isMadeWith(held, key) {
  const made = held.options?.applicationServerKey;
  const text = made && btoa(String.fromCharCode(...new Uint8Array(made)));
  return text ? text.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "") === key.replace(/=+$/, "") : true;
}

/** What the server is told about a subscription. */
export function fields(held, keyId, zone) {
  const { endpoint, keys } = held.toJSON();
  return { endpoint, ...keys, key_id: keyId, zone };
}

const zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "";
const mark = (held) => [held?.endpoint, zone(), document.documentElement.lang].join(" ");
const told = () => JSON.parse(localStorage.push || "null");
const able = () => "serviceWorker" in navigator && "PushManager" in self && "Notification" in self;

async function ready() {
  await navigator.serviceWorker.register("/sw.js", { updateViaCache: "all" });
  return navigator.serviceWorker.ready;
}

/** The browser's subscription under the server's newest key. */
async function renewed(registration) {
  const { key, key_id: keyId } = await (await fetch("/subscriptions/key")).json();
  let held = await registration.pushManager.getSubscription();
  if (held && !isMadeWith(held, key)) held = void (await held.unsubscribe());
  held ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  return { held, keyId };
}

/** Tell the server where this phone is; its answer. An address that the push service has forgotten is exchanged once. */
async function tell(registration, more = {}, again = true) {
  const { held, keyId } = await renewed(registration);
  const body = new URLSearchParams({ ...fields(held, keyId, zone()), ...more });
  const answer = await fetch("/subscriptions", { method: "POST", body });
  if (answer.status === 409 || answer.status === 410) await held.unsubscribe();
  if (answer.status === 409 && again) return tell(registration, more, false);
  if (answer.status === 410) delete localStorage.push; // nobody listens here any more
  if (answer.ok) {
    localStorage.push = JSON.stringify({ mark: mark(held), at: Date.now() });
    registration.active?.postMessage("keep");
  }
  return answer;
}

/** Every open: only what the phone itself knows is looked at; the server is asked where that is due. */
async function sync() {
  if (!told() || Notification.permission !== "granted" || !document.querySelector("nav.nav")) return;
  const registration = await ready();
  const held = await registration.pushManager.getSubscription();
  if (isDue(told(), mark(held), Date.now())) await tell(registration, { again: 1 });
}

async function lookAround(isOn) {
  const registration = able() && (await navigator.serviceWorker.getRegistration());
  return stateOf({
    agent: navigator.userAgent,
    touches: navigator.maxTouchPoints,
    standalone: navigator.standalone || matchMedia("(display-mode: standalone)").matches,
    able: able(),
    permission: self.Notification?.permission,
    isOn,
    held: Boolean(registration && (await registration.pushManager.getSubscription())),
  });
}

/** The page: the one of its parts that fits this browser is shown. */
async function showPage(page) {
  const show = (state) => {
    for (const part of page.querySelectorAll("[data-state]")) part.hidden = part.dataset.state !== state;
  };
  const button = page.querySelector("[data-ask]");
  const wrong = page.querySelector("[data-wrong]");
  button.onclick = async () => {
    wrong.hidden = true;
    button.disabled = true;
    // The browser's own question must come straight from the tap.
    const well = (await Notification.requestPermission()) === "granted" && (await ready().then((registration) => tell(registration)).catch(() => null))?.ok;
    button.disabled = false;
    page.dataset.on = well ? "1" : "";
    wrong.hidden = well || Notification.permission !== "granted";
    show(await lookAround(well));
  };
  page.querySelector("[data-trial]").onclick = async ({ currentTarget: { dataset } }) => {
    const { title, body, icon, badge } = dataset;
    const { lang, dir } = document.documentElement;
    await (await ready()).showNotification(title, { body, icon, badge, lang, dir, tag: "trial" });
  };
  show(await lookAround(Boolean(page.dataset.on)));
}

/** The card beside an announcement: once that was looked at for as long as it takes to count as heard. */
async function offer(card) {
  const decline = () => {
    localStorage.declined = Date.now();
    card.hidden = true;
  };
  card.querySelector("button").onclick = decline;
  if (!told() && isOffered(await lookAround(false), Number(localStorage.declined), Date.now())) {
    setTimeout(() => (card.hidden = false), READ);
  }
}

if (globalThis.document) {
  const part = document.querySelector("[data-hear]");
  if (part) (part.dataset.hear === "page" ? showPage : offer)(part).catch(() => {}); // no storage: nothing is offered
  sync().catch(() => {}); // without a signal: the next open says it
}
