/** Sends what waits: in order, one tab at a time, again and again until each entry is answered. */
import { sendOne } from "./sending.js";
import { all, attempt, remove, update } from "./store.js";
import { who } from "./who.js";

const FIRST_WAIT_S = 2;
const LONGEST_WAIT_S = 300;

let timer = 0;
let waits = 0;

/** What keeps records from being sent, beside the network. */
export const state = { signedOut: false };

/**
 * Applies what the server said about an entry.
 * @param {import("./store.js").Entry} entry
 * @param {import("./sending.js").Outcome} outcome
 */
async function apply(entry, outcome) {
  const photos = (await all()).filter((one) => one.of === entry.key);
  if (outcome.kind === "kept") {
    if (photos.length && outcome.photos) await update(photos.map((one) => ({ ...one, action: outcome.photos })));
    await remove([entry]);
  } else if (outcome.kind === "refused") {
    await update([{ ...entry, state: "refused", said: outcome.said, faults: outcome.faults }]);
  }
}

/**
 * @param {import("./store.js").Entry[]} entries
 * @returns {import("./store.js").Entry | undefined} what is sent next; a photo follows its record
 */
function next(entries) {
  const held = new Set(entries.filter((one) => !one.of).map((one) => one.key));
  const mine = entries.filter((one) => one.who === who() && one.state === "waiting");
  return mine.find((one) => !one.of || (one.action && !held.has(one.of)));
}

/**
 * @param {{ entry: import("./store.js").Entry, where?: string }[]} kept what was taken; filled as it happens
 * @returns {Promise<number>} seconds until it is worth to try again; 0: nothing waits
 */
async function drain(kept) {
  // What was not on its way can be taken back, so it is not sent for nothing.
  if (!navigator.onLine) return LONGEST_WAIT_S;
  for (;;) {
    const first = who() && next(await all());
    if (!first) return 0;
    const entry = await attempt(first);
    if (!entry) continue;
    const outcome = await sendOne(entry);
    await apply(entry, outcome);
    state.signedOut = outcome.kind === "signed-out";
    if (state.signedOut) return LONGEST_WAIT_S;
    if (outcome.kind === "later") return Math.max(outcome.waitS, Math.min(FIRST_WAIT_S * 2 ** waits++, LONGEST_WAIT_S));
    waits = 0;
    if (outcome.kind === "kept") kept.push({ entry, where: outcome.where });
  }
}

/** @param {() => Promise<void>} work done by one tab at a time; another that comes meanwhile does nothing */
async function alone(work) {
  // Without TLS there are no locks, and then it is the key that lets a record count once.
  if (!navigator.locks) return work();
  return navigator.locks.request("outbox", { ifAvailable: true }, (lock) => (lock ? work() : undefined));
}

/** Sends what waits, now. */
export async function send() {
  clearTimeout(timer);
  let waitS = FIRST_WAIT_S; // another tab is at it: look again whether it still is
  const kept = [];
  await alone(async () => {
    waitS = await drain(kept);
  });
  document.dispatchEvent(new CustomEvent("outbox:drained", { detail: kept }));
  const waiting = who() && next(await all());
  clearTimeout(timer);
  // Not all phones at the same moment when a mast comes back.
  if (waiting) timer = window.setTimeout(send, (waitS || FIRST_WAIT_S) * 1000 * (0.75 + Math.random() / 2));
}

/** Sends when a page is loaded, seen again, or has a network again. */
export function watchDrain() {
  const again = () => {
    waits = 0;
    send();
  };
  window.addEventListener("online", again);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && again());
  send();
}
