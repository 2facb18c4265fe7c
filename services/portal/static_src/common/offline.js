/** Pages that work without a network, and records that wait in this browser, get the outbox; other pages do not load it. */

const FLAG = "outbox";

/** @returns {boolean} whether records wait in this browser */
function somethingWaits() {
  try {
    return localStorage.getItem(FLAG) !== null;
  } catch {
    return false; // a browser that stores nothing has nothing that waits
  }
}

/** @param {number} count of records that wait: while there are any, every page loads what sends them */
export function noteWaiting(count) {
  try {
    if (count) localStorage.setItem(FLAG, String(count));
    else localStorage.removeItem(FLAG);
  } catch {
    // They are sent by the pages that load it anyway.
  }
}

/** Loads outbox.js, whose address the page's script element names, where it is wanted. */
export function openOutbox() {
  const address = document.querySelector("script[data-outbox]")?.dataset.outbox;
  if (!address) return;
  if (document.querySelector("[data-offline], form[data-outbox], [data-kept-pages]") || somethingWaits()) import(address);
}
