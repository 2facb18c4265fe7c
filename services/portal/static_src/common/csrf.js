/** The session's token: a site that only knows our addresses does not know it. */

/** @returns {string} the token of this page's session, empty for who is not signed in */
export function token() {
  return document.querySelector('meta[name="csrf"]')?.content ?? "";
}
