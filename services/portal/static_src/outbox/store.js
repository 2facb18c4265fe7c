/**
 * What waits in this browser, in IndexedDB, in the order it was tapped.
 *
 * @typedef {object} Entry
 * @property {number} place in the order; the store gives it
 * @property {string} key made at the tap: sent as Idempotency-Key as often as it takes, so that it counts once
 * @property {string} who whose it is; nobody else's session sends it
 * @property {string} name of what it is about (`data-outbox`); "" where there may be several
 * @property {string} label what people call it
 * @property {string} action where it is sent
 * @property {string} page where its form stands
 * @property {[string, string][]} fields
 * @property {[string, string][]} shown the fields as people read them
 * @property {string} at when it was tapped
 * @property {number} tries
 * @property {"waiting" | "refused"} state
 * @property {string} [said] why it was refused
 * @property {Record<string, string>} [faults] what is wrong, by field
 * @property {Blob} [photo] it is a photo
 * @property {string} [of] the key of the record that a photo belongs to
 */
import { noteWaiting } from "../common/offline.js";

const STORE = "entries";
const channel = "BroadcastChannel" in window ? new BroadcastChannel("outbox") : null;

/** @type {IDBDatabase | null} */
let database = null;

/** @type {Set<() => void>} */
const listeners = new Set();

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/** @returns {Promise<boolean>} whether this browser stores anything */
export async function openStore() {
  try {
    const opening = indexedDB.open("outbox", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE, { keyPath: "place", autoIncrement: true });
    database = await done(opening);
    database.onversionchange = () => database.close();
  } catch {
    return false;
  }
  channel?.addEventListener("message", () => listeners.forEach((hear) => hear()));
  return true;
}

/** @param {() => void} hear called when something was added, changed or removed, in whichever tab */
export function onChange(hear) {
  listeners.add(hear);
}

/** @returns {Promise<Entry[]>} everything, in order */
export function all() {
  return done(database.transaction(STORE).objectStore(STORE).getAll());
}

/**
 * Changes the store in one transaction that is on the disk when it resolves.
 * @template T
 * @param {(store: IDBObjectStore) => T | Promise<T>} act
 * @returns {Promise<T>}
 */
async function change(act) {
  const transaction = database.transaction(STORE, "readwrite", { durability: "strict" });
  const written = new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  const found = await act(transaction.objectStore(STORE));
  await written;
  noteWaiting((await all()).length);
  channel?.postMessage("changed");
  listeners.forEach((hear) => hear());
  return found;
}

/** @param {Omit<Entry, "place">[]} entries added together or not at all */
export function add(entries) {
  return change((store) => entries.forEach((entry) => store.add(entry)));
}

/** @param {Entry[]} entries as they are now */
export function update(entries) {
  return change((store) => entries.forEach((entry) => store.put(entry)));
}

/**
 * Notes that an entry is on its way from now on: it cannot be taken back any more.
 * @param {Entry} entry
 * @returns {Promise<Entry | null>} the entry; null where it was taken back a moment ago
 */
export function attempt(entry) {
  return change(async (store) => {
    const present = await done(store.get(entry.place));
    if (!present) return null;
    present.tries += 1;
    store.put(present);
    return present;
  });
}

/**
 * Takes a record back, with its photos, if it was never on its way.
 * @param {string} key
 */
export function withdraw(key) {
  return change(async (store) => {
    const entries = await done(store.getAll());
    if (entries.find((one) => one.key === key)?.tries !== 0) return;
    for (const one of entries) if (one.key === key || one.of === key) store.delete(one.place);
  });
}

/** @param {Entry[]} entries no longer wanted */
export function remove(entries) {
  return change((store) => entries.forEach((entry) => store.delete(entry.place)));
}
