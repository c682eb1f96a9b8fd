// The worker as it is served, whole, in Node: caches and windows in memory, a shelf that is not there, and the net that a test gives it.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const HERE = "https://aangan.example";
const whole = (one) => new URL(one.url ?? one, HERE).href;

function storage() {
  const stores = {};
  const cache = (name) => ({
    match: async (one) => stores[name]?.get(whole(one))?.clone(),
    put: async (one, answer) => void stores[name].set(whole(one), answer),
    delete: async (one) => stores[name].delete(whole(one)),
    keys: async () => [...stores[name].keys()].map((url) => ({ url })),
    add: async () => {},
    addAll: async () => {},
  });
  const open = async (name) => ((stores[name] ??= new Map()), cache(name));
  return { open, keys: async () => Object.keys(stores), delete: async (name) => delete stores[name], match: async () => undefined };
}

class Answer extends Response {
  static redirect = (location, status) => new Response(null, { status, headers: { location } });
}

const ports = [];

class Channel extends MessageChannel {
  constructor() {
    super();
    ports.push(this.port1, this.port2);
  }
}

/** `net(method, path)` answers what the worker asks, or throws where there is no signal; `asked` has it all. */
export function started(file) {
  const listeners = {};
  const found = { net: () => { throw new TypeError("no signal"); }, asked: [], windows: [] };
  const caches = storage();
  const shelf = () => { throw new Error("no shelf"); };
  const fetch = async (one, more) => {
    const [method, path] = [more?.method ?? one.method ?? "GET", new URL(whole(one)).pathname];
    found.asked.push(`${method} ${path}`);
    return found.net(method, path);
  };
  const context = vm.createContext({
    self: { caches }, caches, crypto, TextEncoder, TextDecoder, Response: Answer, Request, Headers, URL, URLSearchParams, Blob, FormData, AbortSignal,
    MessageChannel: Channel, setTimeout, clearTimeout, performance, TypeError, Object, Promise, location: new URL(HERE), fetch, skipWaiting() {},
    PerformanceObserver: class { observe() {} }, indexedDB: { open: shelf }, IDBKeyRange: {},
    clients: { matchAll: async () => found.windows, get: async () => null, claim: async () => {} },
    registration: { getNotifications: async () => [], sync: { register: async () => {} } },
    addEventListener: (name, listener) => (listeners[name] ??= []).push(listener),
  });
  vm.runInContext(readFileSync(file, "utf8"), context);
  found.run = (code) => vm.runInContext(code, context);
  found.navigates = async (path, { method = "GET", body } = {}) => {
    const waits = [];
    let answer;
    const plain = new Request(HERE + path, { method, body });
    const request = new Proxy(plain, {
      get: (one, name) => (name === "mode" ? "navigate" : typeof one[name] === "function" ? one[name].bind(one) : one[name]),
    });
    const event = { request, resultingClientId: "window", preloadResponse: Promise.resolve(), respondWith: (one) => (answer ??= one), waitUntil: (one) => void waits.push(one) };
    for (const listener of listeners.fetch) listener(event);
    const came = await answer;
    for (let done = 0; done < waits.length; done++) await Promise.resolve(waits[done]).catch(() => {});
    for (const port of ports.splice(0)) port.close(); // one that is open keeps Node from its end
    return came;
  };
  return found;
}
