// A voice is recorded in the composer: tapped to begin, tapped to end, listened to, sent with its form. The file field holds it, so that
// the form goes as any form goes: at once, or from the shelf where no signal is.
const SOFT = 60; // seconds after which it is asked to come to the end
const AUDIBLE = 0.004; // of full scale: what never was so loud is silence
const PART = 32768; // bytes: a longer one goes ahead of its form in parts
const KINDS = [["audio/webm;codecs=opus", 12000], ["audio/mp4;codecs=opus", 12000], ["audio/mp4", 24000]]; // the phone's best, in bits a second

/** What a browser that gives no microphone means: blocked · taken · none. */
export function whyNot({ name }) {
  if (/NotAllowed|Security/.test(name)) return "blocked";
  return /NotReadable|Abort|Track/.test(name) ? "taken" : "none";
}

/** "1:05" for so many seconds. */
export const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

/** The first of the kinds that this browser records. */
export const kindFor = (can) => KINDS.find(([kind]) => can(kind)) ?? [undefined, 12000];

const consoles = new Map(); // each button's own

export async function tapped(button) {
  if (!self.MediaRecorder || !navigator.mediaDevices) return plain(button);
  if (!consoles.has(button)) consoles.set(button, recorder(button));
  await consoles.get(button)();
}

/** The phone's own recorder, or a file. */
const plain = (button) => button.click(button.removeAttribute("data-late"));

/** The recorder behind this button: what to do at a tap. */
function recorder(label) {
  let box, field, parts, presser;
  let most; // seconds: then it ends
  let now, kept, before; // the recording under way; what is kept: { file, seconds }; what "undo" brings back

  const show = (...names) => {
    for (const [name, part] of Object.entries(parts.when)) part.hidden = !names.includes(name);
  };

  /** The console beside the button, drawn by the server, put in place at the first tap. */
  function unpack() {
    box = label.closest("[data-recorder]");
    field = box.querySelector("input[type=file]");
    most = Number(box.dataset.most);
    label.after(document.importNode(box.querySelector("template").content, true));
    const all = (name) => Object.fromEntries([...box.querySelectorAll(`[data-${name}]`)].map((part) => [part.dataset[name], part]));
    const one = (name) => box.querySelector(`[data-${name}]`);
    parts = { when: all("when"), do: all("do"), level: one("level"), time: one("time"), sent: one("sent") };
    parts.do.stop.onclick = () => now?.recorder.stop();
    parts.do.hear.onclick = hear;
    parts.do.anew.onclick = () => begin();
    parts.do.discard.onclick = () => keep(null);
    parts.do.undo.onclick = () => keep(before, true);
    field.form.addEventListener("submit", leave);
  }

  async function begin() {
    globalThis.sounding?.pause();
    try {
      const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
      record(await navigator.mediaDevices.getUserMedia({ audio }));
    } catch (why) {
      const found = whyNot(why);
      found === "none" ? plain(label) : show(found, ...(kept ? ["done"] : []));
    }
  }

  function record(stream) {
    const [mimeType, audioBitsPerSecond] = kindFor((kind) => MediaRecorder.isTypeSupported(kind));
    const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond });
    const chunks = [];
    now = { recorder, stream, began: Date.now(), loudest: 0, level: meter(stream) };
    recorder.ondataavailable = ({ data }) => data.size && chunks.push(data);
    recorder.onstop = () => end(chunks, recorder.mimeType);
    stream.getAudioTracks()[0].onended = () => recorder.state === "recording" && recorder.stop(); // a call took it
    recorder.start(1000);
    show();
    recording(true);
    tick();
  }

  function recording(is) {
    label.hidden = is;
    for (const part of [parts.do.stop, parts.level, parts.time]) part.hidden = !is;
    if (is) parts.do.stop.focus();
  }

  /** How loud it is now, 0 to 1. */
  function meter(stream) {
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    const heard = new Float32Array(analyser.fftSize);
    context.createMediaStreamSource(stream).connect(analyser);
    return { context, now: () => (analyser.getFloatTimeDomainData(heard), Math.max(...heard.map(Math.abs))) };
  }

  function tick() {
    if (!now) return;
    const [level, seconds] = [now.level.now(), (Date.now() - now.began) / 1000];
    now.loudest = Math.max(now.loudest, level);
    parts.level.querySelector("rect").setAttribute("width", 100 * Math.min(1, Math.sqrt(level)));
    parts.time.textContent = clock(seconds);
    if (seconds >= SOFT) show("long");
    if (seconds >= most) return now.recorder.stop();
    setTimeout(tick, 100);
  }

  function end(chunks, type) {
    const { stream, level, began, then } = now;
    const isSilent = level.context.state === "running" && now.loudest < AUDIBLE; // a meter that sleeps knows nothing
    for (const track of stream.getTracks()) track.stop();
    level.context.close();
    now = null;
    recording(false);
    const file = new File(chunks, type.includes("mp4") ? "voice.m4a" : "voice.webm", { type });
    if (isSilent || !file.size) return show("silent", ...(kept ? ["done"] : [])), waitForTap();
    keep({ file, seconds: (Date.now() - began) / 1000 });
    if (then) again();
  }

  /** This one is what will be sent; the one before can be brought back. */
  function keep(one, isUndo) {
    kept?.audio?.pause();
    [before, kept] = [kept, one];
    const chosen = new DataTransfer();
    if (kept) chosen.items.add(kept.file);
    field.files = chosen.files;
    label.hidden = Boolean(kept);
    parts.time.hidden = !kept;
    if (kept) parts.time.textContent = clock(kept.seconds);
    show(...(kept ? ["done"] : []), ...(before && !isUndo ? ["undo"] : []));
  }

  function hear() {
    if (!kept.audio) {
      kept.audio = new Audio(URL.createObjectURL(kept.file));
      kept.audio.onplay = kept.audio.onpause = ({ target }) => parts.do.hear.setAttribute("aria-pressed", !target.paused);
    }
    if (!kept.audio.paused) return kept.audio.pause();
    globalThis.sounding?.pause();
    globalThis.sounding = kept.audio;
    kept.audio.currentTime = 0;
    kept.audio.play();
  }

  const waitForTap = () => delete field.form.dataset.sent; // static/js/once.js has counted a submission that did not leave

  function again() {
    const { form } = field;
    waitForTap();
    form.requestSubmit ? form.requestSubmit(presser) : form.submit();
  }

  /** Whoever sends while she speaks sends what she said; what is long goes ahead in parts, as far as there is a signal. */
  function leave(event) {
    if (event.defaultPrevented) return; // another recorder of this form has something to send first
    presser = event.submitter;
    if (now) {
      event.preventDefault();
      now.then = true;
      now.recorder.stop();
    } else if (box.dataset.to && kept?.file.size > PART && !kept.tried && navigator.onLine) {
      event.preventDefault();
      kept.tried = true;
      ahead(kept.file).then(again);
    }
  }

  async function ahead(file) {
    const key = crypto.randomUUID?.() ?? crypto.getRandomValues(new Uint32Array(4)).join("-");
    show("sending");
    const tell = (share) => (parts.sent.textContent = `${Math.round(100 * share)} %`);
    const came = await import(box.dataset.parts).then(({ send }) => send(file, box.dataset.to + key, tell)).catch(() => false);
    if (!came) return;
    field.files = new DataTransfer().files;
    field.form.elements[`${field.name}_parts`].value = key;
  }

  unpack();
  return () => now || begin();
}
