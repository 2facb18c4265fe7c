/** One request for one entry, and what its answer means. */
import { token } from "../common/csrf.js";

const PATIENCE_MS = 20_000;
/** After so many answers of "failure" a record is shown to its person: it would hold up those behind it for ever. */
const MOST_FAILURES = 8;
/** Answers that say nothing about the record: too early, too busy, on the way. */
const LATER = new Set([408, 425, 429]);

/**
 * @typedef {{ kind: "kept", where?: string, photos?: string } | { kind: "refused", said: string, faults: Record<string, string> }
 *   | { kind: "later", waitS: number } | { kind: "signed-out" }} Outcome
 */

/** @param {import("./store.js").Entry} entry */
function bodyOf(entry) {
  const own = [...entry.fields, ["_key", entry.key], ["_at", entry.at]];
  if (!entry.photo) return new URLSearchParams(own);
  const body = new FormData();
  for (const [name, value] of own) body.append(name, value);
  body.append("photo", entry.photo, "photo.jpg");
  return body;
}

/**
 * @param {Response} answer
 * @param {any} told its body, null where it is no JSON
 * @param {import("./store.js").Entry} entry
 * @returns {Outcome}
 */
function meaning(answer, told, entry) {
  // Whoever answers a page's address with a page of its own, as networks that want to be paid do, has kept nothing.
  if (answer.ok) return told?.state === "kept" ? { ...told, kind: "kept" } : { kind: "later", waitS: 0 };
  const { status } = answer;
  const foreign = status === 403 && told?.rule === "foreign-form";
  if (status === 401 || foreign || answer.type === "opaqueredirect") return { kind: "signed-out" };
  const failed = status === 500 && entry.tries >= MOST_FAILURES;
  if (LATER.has(status) || (status >= 500 && !failed)) {
    return { kind: "later", waitS: Number(answer.headers.get("Retry-After")) || 0 };
  }
  return { kind: "refused", said: told?.said ?? told?.detail ?? String(status), faults: told?.faults ?? {} };
}

/**
 * @param {import("./store.js").Entry} entry
 * @returns {Promise<Outcome>}
 */
export async function sendOne(entry) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(entry.action, {
      method: "POST",
      body: bodyOf(entry),
      headers: { Accept: "application/json", "Idempotency-Key": entry.key, "X-CSRF-Token": token() },
      credentials: "same-origin",
      redirect: "manual",
      signal: giveUp.signal,
    });
    const told = await answer.json().catch(() => null);
    return meaning(answer, told, entry);
  } catch {
    return { kind: "later", waitS: 0 };
  } finally {
    clearTimeout(timer);
  }
}
