/** Whose page this is: a record is sent by the session of who tapped it, and by no other. */

/** @returns {string} names the user; empty for nobody */
export function who() {
  return document.querySelector('meta[name="who"]')?.content ?? "";
}
