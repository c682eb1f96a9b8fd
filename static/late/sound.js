// A clip sounds at a tap, and nothing else meanwhile. Heard before, it comes from the phone.
export function tapped({ href }) {
  globalThis.sounding?.pause();
  globalThis.sounding = new Audio(href);
  return globalThis.sounding.play().catch(() => {}); // a browser that wants another tap for it gets one
}
