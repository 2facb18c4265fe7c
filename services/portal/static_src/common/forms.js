/** A form is sent once, however often it is tapped. */

/** After so long we may try again: the answer will not come, or it was a file that leaves the page as it is. */
const PATIENCE_MS = 15_000;

/** @type {WeakMap<HTMLFormElement, number>} */
const sent = new WeakMap();

/**
 * @param {HTMLFormElement} form
 * @returns {boolean} whether it was sent and not answered yet
 */
export function isBusy(form) {
  return sent.has(form);
}

/** @param {HTMLFormElement} form it is on its way */
export function begin(form) {
  sent.set(
    form,
    window.setTimeout(() => finish(form), PATIENCE_MS),
  );
  form.classList.add("busy");
  form.setAttribute("aria-busy", "true");
}

/** @param {HTMLFormElement} form it was answered */
export function finish(form) {
  clearTimeout(sent.get(form));
  sent.delete(form);
  form.classList.remove("busy");
  form.removeAttribute("aria-busy");
}

/** @param {HTMLFormElement} form */
const changesSomething = (form) => form.method === "post";

/** Watches forms that the browser sends by itself; those of htmx are watched in swaps.js. */
export function watchForms() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !changesSomething(form)) return;
    if (isBusy(form)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // Whether somebody else takes it (htmx, the outbox) shows when all have heard of it.
    setTimeout(() => !event.defaultPrevented && begin(form));
  }, true);
  // Back by the back button: the page is as it was left.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) for (const form of document.querySelectorAll("form.busy")) finish(form);
  });
}
