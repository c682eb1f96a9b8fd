// What may wait on the phone for a signal, and what becomes of it.

// Said once, harmless when it is said again. Whatever else is sent (ways in, roles, removals, codes, undo, settings) must not wait:
// there a person has to see at once whether it was done.
const WRITES =
  /^\/([a-z]+\/\d+\/(announcements|membership|questions|rumours|talk|answers|replies|reaction|acknowledgement)|announcements\/\d+|rumours\/(announcement|message)\/\d+|j\/[^/]+|requests\/\d+\/(approval|refusal))$/;
const REPORTS = /^\/(.+\/talk\/)?reading$/; // what a page says by itself

/** "write", "report" or "" (must not wait), for the path that something is posted to. */
export const waitsAs = (path) => (REPORTS.test(path) ? "report" : WRITES.test(path) ? "write" : "");

/** What an answer means: sent · refused (in our words, how long too many have to wait as well) · absent (its writer is not signed in here now) · waits (the server stumbled). */
export function fateOf({ type, status }, ours) {
  if (type === "opaqueredirect" || (status >= 200 && status < 400)) return "sent";
  if (status === 401) return "absent";
  return status >= 500 || [408, 425, ours || 429].includes(status) ? "waits" : "refused";
}

/** What is held up by one that could not go: "all", what its writer or what its address follows with, or "" for nothing. */
export function heldUp(fate, { owner, url, tries }) {
  if (fate === "lost") return "all";
  if (fate === "absent") return owner;
  return fate === "waits" ? (tries < 3 ? "all" : url) : ""; // where the server breaks each time, the others go on
}
